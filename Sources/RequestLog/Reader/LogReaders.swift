internal import Logging
internal import Synchronization

/// The readers of a log, which take turns.
final class LogReaders: Sendable {
  private let readers: [LogReader]
  private let turn = Atomic<Int>(0)

  /// - Parameter readers: at least one.
  init(_ readers: [LogReader]) {
    self.readers = readers
  }

  convenience init(path: String, _ configuration: LogConfiguration, _ logger: Logger) {
    self.init(
      (0 ..< max(configuration.readers, 1)).map { _ in
        LogReader(path: path, busyTimeout: configuration.busyTimeout, logger: logger)
      }
    )
  }

  /// The one whose turn it is.
  var next: LogReader {
    let turn = self.turn.wrappingAdd(1, ordering: .relaxed).oldValue
    return self.readers[Int(UInt(bitPattern: turn) % UInt(self.readers.count))]
  }

  func open() async throws(LogError) {
    for reader in self.readers { try await reader.open() }
  }

  func close() async {
    for reader in self.readers { await reader.close() }
  }
}
