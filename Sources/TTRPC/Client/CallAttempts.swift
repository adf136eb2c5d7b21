internal import Identifiers
internal import NIOCore
internal import Protobuf
internal import RPC

/// One call of a client, with its retries.
struct CallAttempts: Sendable {
  let client: RPCClient
  private let answer: ClientCall.Answer
  private let flags: FrameFlags
  private let envelope: RequestEnvelope
  private let timeout: Duration?
  private let deadline: ContinuousClock.Instant?
  private var count = 0

  /// - Parameter request: nil when requests follow as Data.
  /// - Throws: when the options cannot be sent.
  init(
    _ client: RPCClient,
    _ method: MethodDescriptor,
    _ request: (any Message)?,
    answer: ClientCall.Answer,
    flags: FrameFlags,
    _ options: CallOptions
  ) throws(CallError) {
    let metadata = client.options.metadata.replacing(with: options.metadata)
    try metadata.check()
    if let refusal = metadata.textOnlyRefusal { throw refusal }
    self.client = client
    self.answer = answer
    self.flags = flags
    self.timeout = options.timeout
    self.deadline = options.timeout.map { (options.begin ?? .now) + $0 }
    self.envelope = RequestEnvelope(
      service: method.service.text,
      method: method.method.text,
      payload: request?.serialized() ?? ByteBuffer(),
      metadata: metadata.map { KeyValue(key: $0.key.text, value: $0.value) }
    )
  }

  /// Opens the call, on a new connection if needed.
  ///
  /// - Throws: when all attempts failed.
  mutating func open() async throws(CallError) -> ClientCall {
    while true {
      self.count += 1
      do {
        let connection = try await self.client.connections.connection(before: self.deadline)
        return try self.open(on: connection)
      } catch {
        // No wait here: the client already waited between its attempts to connect.
        guard self.mayTryAgain(after: error) else { throw error }
      }
    }
  }

  /// Reopens the call after a failure, if that is allowed and it was not processed.
  ///
  /// - Throws: `error` if not.
  mutating func reopen(
    after error: CallError,
    _ call: ClientCall
  ) async throws(CallError) -> ClientCall {
    guard call.wasRefused && self.mayTryAgain(after: error) else { throw error }
    try await sleep(
      until: .now + self.client.options.retry.backoff(after: self.count),
      before: self.deadline
    )
    return try await self.open()
  }

  private func mayTryAgain(after error: CallError) -> Bool {
    error.code == .unavailable && self.count < self.client.options.retry.maximumAttempts
      && !self.client.connections.isClosed
  }

  private func open(on connection: ClientConnection) throws(CallError) -> ClientCall {
    guard let deadline, let timeout else {
      return try connection.open(self.answer, self.envelope, flags: self.flags, time: nil)
    }
    let time = CallTime(left: TimeAmount(deadline - .now), of: timeout)
    guard time.left > .zero else { throw time.isOver }
    var envelope = self.envelope
    envelope.timeoutNano = time.left.nanoseconds
    return try connection.open(self.answer, envelope, flags: self.flags, time: time)
  }
}
