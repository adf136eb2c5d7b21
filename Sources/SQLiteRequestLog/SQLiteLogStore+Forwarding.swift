public import RequestLog
internal import SQLite

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

extension SQLiteLogStore: ForwardingSource {
  /// Removes entries. What they leave in unused parts of the files goes with `cleanUp`.
  public func remove(_ ids: [ULID]) async throws(LogError) {
    try await self.writer.remove(ids)
  }

  /// The size of what is stored, in bytes of the file.
  public func usedBytes() async throws(LogError) -> Int {
    try await self.writer.space().used
  }

  /// What the file system has for processes without privileges.
  public var freeDiskBytes: Int? {
    var status = statvfs()
    guard statvfs(self.path, &status) == 0 else { return nil }
    return Int(clamping: Int128(status.f_bavail) * Int128(status.f_frsize))
  }
}
