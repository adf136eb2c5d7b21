/// The right to be served, which a call holds until its stream has ended and its handler has, too: a
/// client that opens and cancels streams cannot have more handlers than the limits allow.
final class CallAdmission: Sendable {
  private let stream: Quota.Place
  private let call: Quota.Place
  private let memory: MemoryBudget
  private let requestLength: Int

  /// Admits a call, or says which limit forbids it.
  ///
  /// - Parameters:
  ///   - requestLength: bytes of the request, which the call keeps.
  ///   - streams: the places on the call's connection.
  init(requestLength: Int, streams: Quota, load: ServerLoad) throws(CallError) {
    guard let stream = streams.take() else {
      throw .limit("Your connection has \(streams.limit) calls", "let one end first")
    }
    guard let call = load.calls.take() else {
      throw .limit("The server has \(load.calls.limit) calls", "try again later")
    }
    guard !load.memory.isSpent else {
      throw .limit(
        "The server holds \(load.memory.limit) bytes for its callers",
        "try again later, and read what you called for"
      )
    }
    self.stream = stream
    self.call = call
    self.memory = load.memory
    self.requestLength = requestLength
    self.memory.add(requestLength)
  }

  deinit {
    self.memory.remove(self.requestLength)
  }
}
