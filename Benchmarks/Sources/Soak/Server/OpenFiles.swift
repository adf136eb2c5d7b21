import Foundation

/// The files and sockets that this process, and those that it starts, may have open.
enum OpenFiles {
  /// Allows as many as the machine does.
  static func allowMost() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
    guard getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    // With fewer, the soak is smaller.
    _ = setrlimit(resource, &limit)
  }
}
