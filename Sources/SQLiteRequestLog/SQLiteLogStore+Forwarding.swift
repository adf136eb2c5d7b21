public import RequestLog
internal import SQLite

extension SQLiteLogStore: ForwardingSource {
  /// Removes entries. What they leave in unused parts of the files goes with `cleanUp`.
  public func remove(_ ids: [ULID]) async throws(LogError) {
    try await self.writer.remove(ids)
  }

  /// The size of what is stored, in bytes of the file.
  public func usedBytes() async throws(LogError) -> Int {
    try await self.writer.space().used
  }
}
