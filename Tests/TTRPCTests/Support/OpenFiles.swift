import Testing

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The files and sockets that this process may have open.
enum OpenFiles {
  /// Lets the process have so many, as far as the machine allows that.
  static func allow(_ count: Int) throws {
    var limit = rlimit()
    try #require(getrlimit(RLIMIT_NOFILE_, &limit) == 0)
    guard limit.rlim_cur < rlim_t(count) else { return }
    limit.rlim_cur = rlim_t(count)
    try #require(setrlimit(RLIMIT_NOFILE_, &limit) == 0, "\(count) sockets are not allowed")
  }

  #if canImport(Glibc)
  private static let RLIMIT_NOFILE_ = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
  #else
  private static let RLIMIT_NOFILE_ = RLIMIT_NOFILE
  #endif
}
