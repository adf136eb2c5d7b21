#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// How many files and sockets the process may have open.
enum FileLimit {
  /// Raises the limit as far as this user may: each connection takes one, and a shell's limit,
  /// often 1024, is meant for programs that use select(2).
  static func raise() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    // If it cannot be raised, connections over the limit wait to be accepted.
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
