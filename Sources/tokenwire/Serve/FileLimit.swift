#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// How many files, and with them sockets, the process may have open.
enum FileLimit {
  /// Raises the limit as far as this user may: each connection takes one, and the limit that a shell
  /// gives, often 1024, is there for programs that use select(2).
  static func raise() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    // Where it may not be raised, connections over it wait to be accepted.
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
