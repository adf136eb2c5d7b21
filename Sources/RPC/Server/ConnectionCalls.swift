package import Identifiers
package import NIOCore

/// The calls of one connection: its transport opens them, and its task runs them.
package final class ConnectionCalls: Sendable {
  /// The server's services and limits.
  package let dispatcher: CallDispatcher
  /// The event loop of the connection.
  package let eventLoop: any EventLoop
  /// The caller's address: see `CallContext.peer`.
  private let peer: String
  private let peerAddress: Identifier
  private let places: Quota
  private let queue = CallQueue()

  package init(
    _ dispatcher: CallDispatcher,
    peer: String,
    peerAddress: Identifier,
    on eventLoop: any EventLoop
  ) {
    self.dispatcher = dispatcher
    self.eventLoop = eventLoop
    self.peer = peer
    self.peerAddress = peerAddress
    self.places = Quota(limit: dispatcher.load.limits.callsPerConnection)
  }

  /// Opens a call, which begins when the transport passes it to `run`.
  ///
  /// - Parameters:
  ///   - requests: where the transport appends the messages that the caller streams.
  ///   - responses: where the responses go.
  /// - Throws: why the call is not served.
  package func open(
    _ request: CallRequest,
    requests: MessageQueue,
    responses: any ResponseSink
  ) throws(CallError) -> ServerCall {
    let context = CallContext(
      method: request.method,
      metadata: request.metadata,
      deadline: request.timeout.map { .now + $0 },
      peer: request.peerAddress?.text ?? self.peer,
      peerAddress: request.peerAddress ?? self.peerAddress
    )
    do {
      return try self.open(request, context, requests: requests, responses: responses)
    } catch {
      self.dispatcher.end(context, error)
      throw error
    }
  }

  private func open(
    _ request: CallRequest,
    _ context: CallContext,
    requests: MessageQueue,
    responses: any ResponseSink
  ) throws(CallError) -> ServerCall {
    let method = try self.dispatcher.handler(of: request.method)
    // The deadline has already passed, so no handler runs.
    if let timeout = request.timeout, timeout < .zero { throw .deadlineExceeded(timeout) }
    let load = self.dispatcher.load
    try request.metadata.check(limit: load.limits.metadataSize)
    if let refusal = request.refusal { throw refusal }
    let call = ServerCall(
      context: context,
      request: request.message,
      requests: requests,
      responses: responses,
      method: method,
      admission: try CallAdmission(
        requestLength: request.length,
        connection: self.places,
        load: load
      ),
      dispatcher: self.dispatcher,
      eventLoop: self.eventLoop
    )
    if let timeout = request.timeout { call.fail(after: timeout) }
    return call
  }

  /// Starts the call's handler.
  package func run(_ call: ServerCall) {
    // Otherwise the connection has just ended.
    if !self.queue.append(call) { call.endUnserved() }
  }

  /// Tells that no more calls will come.
  package func finish() {
    self.queue.finish()
  }

  /// Runs the calls, each in a child task, until there are no more and all have ended. Cancelling
  /// this task cancels them.
  package func serve() async {
    await withTaskCancellationHandler {
      await withDiscardingTaskGroup { group in
        while true {
          let calls = await self.queue.next()
          if calls.isEmpty { return }
          for call in calls { group.addTask { await call.run() } }
        }
      }
    } onCancel: {
      self.queue.finish()
    }
  }
}

/// The beginning of a call, as its transport read it.
package struct CallRequest {
  /// The method that is called.
  package var method: MethodDescriptor
  /// The call's metadata.
  package var metadata: Metadata
  /// How long the caller waits; nil without a timeout.
  package var timeout: Duration?
  /// The caller's address, when it is another one than the connection's.
  package var peerAddress: Identifier?
  /// Why the transport cannot carry the call; nil when it can.
  package var refusal: CallError?
  /// The request message; empty when the caller streams its messages.
  package var message: ByteBuffer
  /// The size of what the call keeps while it runs, in bytes.
  package var length: Int

  package init(
    method: MethodDescriptor,
    metadata: Metadata = Metadata(),
    timeout: Duration? = nil,
    refusal: CallError? = nil,
    message: ByteBuffer,
    length: Int
  ) {
    self.method = method
    self.metadata = metadata
    self.timeout = timeout
    self.refusal = refusal
    self.message = message
    self.length = length
  }
}
