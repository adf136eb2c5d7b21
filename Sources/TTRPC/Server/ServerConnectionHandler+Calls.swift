internal import Identifiers
internal import Listening
internal import NIOCore
internal import Protobuf
internal import RPC

/// The frames that open calls and carry their requests (WIRE.md sections 1 and 2).
extension ServerConnectionHandler {
  /// The window of a stream of requests, in bytes.
  private static let requestWindow = 256 << 10

  func receiveRequest(_ frame: Frame) {
    if frame.flags.contains(.offersExtension) { self.receiveOffer() }
    switch self.table.receiveRequest(on: frame.stream) {
    case .accept:
      do throws(CallError) {
        try self.open(frame)
      } catch {
        self.refuse(frame.stream, error)
      }
    case .refuse(let error):
      self.refuse(frame.stream, error)
    case .closeConnection(let error):
      self.refuse(frame.stream, error)
      self.closeAfterWrites()
    }
  }

  func receiveData(_ frame: Frame) {
    switch self.table.receiveData(on: frame.stream, flags: frame.flags) {
    case .deliver(let open, let hasMessage, let isLast):
      if hasMessage { open.call.requests.append(frame.data.compacted, length: frame.encodedLength) }
      if isLast { open.call.requests.finish() }
    case .fail(let open, let error):
      open.call.fail(error)
    case .refuse(let error):
      self.refuse(frame.stream, error)
    }
  }

  private func open(_ frame: Frame) throws(CallError) {
    guard self.context != nil else { return }
    if let refusal = self.state.receiveCall() { throw refusal }
    let envelope: RequestEnvelope
    do {
      envelope = try RequestEnvelope(serialized: frame.data)
    } catch {
      throw CallError(.invalidArgument, "unmarshal request error: \(error.message)")
    }
    let settings = self.state.settings
    let responses = OutboundStream(
      id: frame.stream,
      writer: self.writer,
      // Unlimited until the client sends its settings.
      window: settings.map { UInt64($0.initialWindow) } ?? .max
    )
    var request = CallRequest(envelope, length: frame.data.readableBytes)
    request.refusal = request.metadata.textOnlyRefusal
    let call = try self.calls.open(
      request,
      requests: MessageQueue(
        window: Self.requestWindow,
        gate: self.gate,
        budget: self.load.memory
      ),
      responses: responses
    )
    if call.takesMessages && (envelope.payload.readableBytes > 0) {
      call.requests.append(
        envelope.payload,
        length: FrameHeader.size + envelope.payload.readableBytes
      )
    }
    if frame.flags.contains(.remoteClosed) {
      call.requests.finish()
    }
    let open = OpenCall(call: call, responses: responses)
    if settings != nil && call.takesMessages { self.beginCredit(open) }
    self.table.open(
      open,
      on: frame.stream,
      takesMessages: call.takesMessages,
      flags: frame.flags
    )
    self.livenessTimer?.liveness.callsBegan()
    self.calls.run(call)
  }
}

extension CallRequest {
  /// - Parameter length: the size of the whole envelope, in bytes.
  fileprivate init(_ envelope: RequestEnvelope, length: Int) {
    var metadata = Metadata()
    for pair in envelope.metadata { metadata.add(pair.value, for: Identifier(pair.key)) }
    self.init(
      method: MethodDescriptor(
        service: Identifier(envelope.service),
        method: Identifier(envelope.method)
      ),
      metadata: metadata,
      timeout: envelope.timeoutNano == 0 ? nil : .nanoseconds(envelope.timeoutNano),
      message: envelope.payload,
      length: length
    )
  }
}
