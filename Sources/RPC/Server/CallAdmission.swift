/// The right to be served, which a call holds until it has ended and its handler has, too: a client
/// that makes and cancels calls cannot have more handlers than the limits allow.
final class CallAdmission: Sendable {
  private let onConnection: Quota.Place
  private let onServer: Quota.Place
  private let memory: MemoryBudget
  private let requestLength: Int

  /// Admits a call, or says which limit forbids it.
  ///
  /// - Parameters:
  ///   - requestLength: bytes of the request, which the call keeps.
  ///   - connection: the places on the call's connection.
  init(requestLength: Int, connection: Quota, load: CallLoad) throws(CallError) {
    guard let onConnection = connection.take() else {
      throw .limit("Your connection has \(connection.limit) calls", "let one end first")
    }
    guard let onServer = load.calls.take() else {
      throw .limit("The server has \(load.calls.limit) calls", "try again later")
    }
    guard !load.memory.isSpent else {
      throw .limit(
        "The server holds \(load.memory.limit) bytes for its callers",
        "try again later, and read what you called for"
      )
    }
    self.onConnection = onConnection
    self.onServer = onServer
    self.memory = load.memory
    self.requestLength = requestLength
    self.memory.add(requestLength)
  }

  deinit {
    self.memory.remove(self.requestLength)
  }
}
