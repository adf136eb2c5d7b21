/// A log that keeps entries until another log has them.
public protocol ForwardingSource: LogStore {
  /// Removes entries, in one transaction.
  ///
  /// - Parameter ids: of some hundred entries, which may be gone already.
  /// - Throws: `diskFull` or `unavailable`; all of them are still there.
  func remove(_ ids: [ULID]) async throws(LogError)

  /// Leaves nothing of removed entries in the log's files, and gives back their space. Storing waits
  /// meanwhile, the longer the more the log still has.
  ///
  /// - Throws: `diskFull` or `unavailable`.
  func cleanUp() async throws(LogError)

  /// The size of the log, in bytes on the disk, without what is free in it.
  ///
  /// - Throws: `unavailable`.
  func usedBytes() async throws(LogError) -> Int

  /// How much more fits on the disk of the log, in bytes; nil when that is not known.
  var freeDiskBytes: Int? { get }
}
