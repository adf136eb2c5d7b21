#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Times as HTTP APIs tell them.
enum UnixTime {
  /// Whole seconds since 1970-01-01T00:00:00Z.
  static var now: Int64 { Int64(time(nil)) }
}
