internal import Logging
internal import NIOCore
internal import Protobuf
internal import Synchronization

/// One call on a server: its request, the sink for its responses, and the task that serves it.
package final class ServerCall: Sendable {
  /// Without a reference to the call, which would be a cycle.
  private let contextAlone: CallContext
  /// The caller's only message; empty when it streams its messages.
  let request: ByteBuffer
  /// The messages that the caller streams, which the transport appends.
  package let requests: MessageQueue
  let responses: any ResponseSink

  private let method: MethodHandler
  private let dispatcher: CallDispatcher
  private let eventLoop: any EventLoop
  private let admission: CallAdmission
  private let canceller = TaskCanceller()
  private let deadline = Mutex(Deadline.none)
  /// The first error that the call was ended with.
  private let failure = Mutex<CallError?>(nil)
  private let hasReturned = Atomic(false)

  /// The state of the call's deadline.
  private enum Deadline {
    case none
    case timer(Scheduled<Void>)
    /// The call has ended.
    case over
  }

  init(
    context: CallContext,
    request: ByteBuffer,
    requests: MessageQueue,
    responses: any ResponseSink,
    method: MethodHandler,
    admission: CallAdmission,
    dispatcher: CallDispatcher,
    eventLoop: any EventLoop
  ) {
    self.contextAlone = context
    self.request = request
    self.requests = requests
    self.responses = responses
    self.method = method
    self.admission = admission
    self.dispatcher = dispatcher
    self.eventLoop = eventLoop
  }

  /// The handler's context, if the interceptors admit the call.
  ///
  /// - Parameter accessToken: the access token in the request's field.
  func begin(accessToken: String = "") throws(CallError) -> CallContext {
    try self.dispatcher.begin(self.contextAlone, accessToken: accessToken)
    var context = self.contextAlone
    context.call = self
    return context
  }

  /// Tells the interceptors that the handler has returned.
  func handlerReturned() {
    guard !self.hasReturned.exchange(true, ordering: .relaxed) else { return }
    self.dispatcher.handlerReturned(self.contextAlone)
  }

  /// What the handler knows about the call: its name, and the metadata of its responses.
  package var context: CallContext { self.contextAlone }

  /// Whether the caller may send more than one message.
  package var takesMessages: Bool { self.method.takesMessages }

  /// Serves the call to its end. The task is cancelled when the call fails, and the call fails when
  /// the task is cancelled.
  func run() async {
    await self.canceller.cancellable {
      await withTaskCancellationHandler {
        await self.serve()
      } onCancel: {
        self.fail(.endedByShutdown)
      }
    }
  }

  private func serve() async {
    do {
      try await self.method.serve(self)
      self.didServe(nil)
    } catch {
      self.didServe(error)
    }
  }

  /// Ends the call, whose handler will never run.
  func endUnserved() {
    self.fail(.endedByShutdown)
    self.dispatcher.end(self.contextAlone, .endedByShutdown)
  }

  /// - Parameter error: why the handler failed; nil when it has not.
  private func didServe(_ error: (any Error)?) {
    if let error {
      self.handlerReturned()
      self.fail(self.callError(for: error))
    }
    self.dispatcher.end(self.contextAlone, self.failure.withLock { $0 })
  }

  /// Ends the call with its only response.
  func respond(_ response: some Message) throws(CallError) {
    try self.responses.respond { response.serialize(into: &$0) }
  }

  /// Ends the call after the responses that were written.
  func endResponses() {
    self.responses.finish(nil, unsent: .send)
  }

  /// Ends the call with an error, unless it has ended, and cancels its handler.
  package func fail(_ error: CallError, unsent: UnsentResponses = .send) {
    self.failure.withLock { if $0 == nil { $0 = error } }
    self.responses.finish(error, unsent: unsent)
    self.requests.fail(error)
    self.canceller.cancel()
  }

  /// Ends the call after a time, if it still runs.
  func fail(after timeout: Duration) {
    self.deadline.withLock { deadline in
      guard case .none = deadline else { return }
      let timer = self.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
        self.fail(.deadlineExceeded(timeout), unsent: .sendUnlessBlocked)
      }
      deadline = .timer(timer)
    }
  }

  /// The transport has sent the call's end, or never will: stops the deadline.
  package func didEnd() {
    self.deadline.withLock { deadline in
      if case .timer(let timer) = deadline { timer.cancel() }
      deadline = .over
    }
  }

  private func callError(for error: any Error) -> CallError {
    switch error {
    case let error as CallError: return error
    case let error as any CallErrorConvertible: return error.callError
    case let error as MessageError: return CallError(.invalidArgument, error.message)
    case is CancellationError: return .cancelled
    default:
      self.dispatcher.logger.error(
        "A handler failed",
        metadata: [
          "request": "\(self.contextAlone.id)",
          "method": "\(self.contextAlone.method)", "error": "\(error)",
        ]
      )
      return CallError(.internal, "The server failed; its log says why")
    }
  }
}
