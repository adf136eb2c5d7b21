internal import Identifiers
internal import NIOCore
internal import Protobuf

/// The frames that open calls and carry their requests (WIRE.md sections 1 and 2).
extension ServerConnectionHandler {
  /// The credit of a stream of requests.
  private static let requestWindow = 256 << 10

  func receiveRequest(_ frame: Frame) {
    if frame.flags.contains(.offersExtension) { self.offerSettings() }
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
      if hasMessage { open.call.requests.append(frame.data.compacted) }
      if isLast { open.call.requests.finish() }
    case .fail(let open, let error):
      open.call.fail(error)
    case .refuse(let error):
      self.refuse(frame.stream, error)
    }
  }

  private func open(_ frame: Frame) throws(CallError) {
    guard let eventLoop = self.context?.eventLoop else { return }
    if let refusal = self.refusal { throw refusal }
    let envelope: RequestEnvelope
    do {
      envelope = try RequestEnvelope(serialized: frame.data)
    } catch {
      throw CallError(.invalidArgument, "unmarshal request error: \(error.message)")
    }
    let method = MethodDescriptor(
      service: Identifier(envelope.service),
      method: Identifier(envelope.method)
    )
    guard let service = self.services[method.service] else {
      throw CallError(.unimplemented, "service \(method.service)")
    }
    guard let handler = service.methods[method.method] else {
      throw CallError(.unimplemented, "method \(method.method)")
    }

    let timeout = envelope.timeoutNano == 0 ? nil : Duration.nanoseconds(envelope.timeoutNano)
    // Over before it begins: no handler runs.
    if let timeout, timeout < .zero { throw .deadlineExceeded(timeout) }
    let call = ServerCall(
      context: CallContext(
        method: method,
        metadata: try Metadata(envelope.metadata, limit: self.load.limits.metadataSize),
        deadline: timeout.map { .now + $0 },
        peer: self.peer,
        peerAddress: self.peerAddress
      ),
      request: envelope.payload,
      requests: MessageQueue(
        window: Self.requestWindow,
        gate: self.gate,
        budget: self.load.memory
      ),
      responses: OutboundStream(id: frame.stream, writer: self.writer, window: self.sendWindow),
      handler: handler,
      admission: try CallAdmission(
        requestLength: frame.data.readableBytes,
        streams: self.streams,
        load: self.load
      ),
      logger: self.logger
    )
    let deadline = timeout.map { timeout in
      eventLoop.scheduleTask(in: TimeAmount(timeout)) {
        call.fail(.deadlineExceeded(timeout), .overtakesBlocked)
      }
    }
    if handler.takesMessages && (envelope.payload.readableBytes > 0) {
      call.requests.append(envelope.payload)
    }
    if frame.flags.contains(.remoteClosed) {
      call.requests.finish()
    }
    if case .agreed = self.agreement, handler.takesMessages { self.beginCredit(call) }
    self.table.open(
      OpenCall(call: call, deadline: deadline),
      on: frame.stream,
      takesMessages: handler.takesMessages,
      flags: frame.flags
    )
    self.livenessTimer?.liveness.callsBegan()
    self.calls.append(call)
  }
}

extension Metadata {
  /// Reads what came with a request.
  fileprivate init(_ pairs: [KeyValue], limit: Int) throws(CallError) {
    self.init()
    for pair in pairs { self.add(pair.value, for: Identifier(pair.key)) }
    guard self.size <= limit else {
      throw .limit("The metadata has \(self.size) bytes, over \(limit)", "send less of it")
    }
    try self.check()
  }
}
