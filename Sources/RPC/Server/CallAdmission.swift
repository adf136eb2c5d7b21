/// The admission of a call, held until the call and its handler have ended, so that a client cannot
/// have more handlers than the limits allow by making and cancelling calls.
final class CallAdmission: Sendable {
  private let onConnection: Quota.Place
  private let onServer: Quota.Place
  private let memory: MemoryBudget
  private let requestLength: Int

  /// Admits a call, or throws which limit is reached.
  ///
  /// - Parameters:
  ///   - requestLength: the size of the request, in bytes, which the call keeps.
  ///   - connection: the quota of the call's connection.
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
