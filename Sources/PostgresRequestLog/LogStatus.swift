internal import RequestLog
internal import Synchronization

/// What a store knows of its database without asking it.
final class LogStatus: Sendable {
  private struct State {
    var bytes = 0
    var serverProcess: Int32?
    var isKeptConnected = false
  }

  private let state = Mutex(State())

  let conditions = LogConditions()

  /// The size of the texts that the log holds, as of this node's last transaction.
  var bytes: Int { self.state.withLock { $0.bytes } }

  /// The server's process for the connection that stores entries.
  var serverProcess: Int32? { self.state.withLock { $0.serverProcess } }

  /// Whether somebody else connects again for the writer.
  var isKeptConnected: Bool {
    get { self.state.withLock { $0.isKeptConnected } }
    set { self.state.withLock { $0.isKeptConnected = newValue } }
  }

  func note(_ condition: LogCondition, serverProcess: Int32?) {
    self.state.withLock { $0.serverProcess = serverProcess }
    self.conditions.note(condition)
  }

  func note(bytes: Int) {
    self.state.withLock { $0.bytes = bytes }
  }
}
