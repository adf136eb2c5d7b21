internal import Logging
internal import NIOCore
internal import Protobuf

/// One call on a server: its request, its way back, and the task that serves it.
final class ServerCall: Sendable {
  let context: CallContext
  /// The message in the Request frame; empty when the client streams its messages.
  let request: ByteBuffer
  let requests: MessageQueue
  let responses: OutboundStream

  private let handler: MethodHandler
  private let admission: CallAdmission
  private let logger: Logger
  private let canceller = TaskCanceller()

  init(
    context: CallContext,
    request: ByteBuffer,
    requests: MessageQueue,
    responses: OutboundStream,
    handler: MethodHandler,
    admission: CallAdmission,
    logger: Logger
  ) {
    self.context = context
    self.request = request
    self.requests = requests
    self.responses = responses
    self.handler = handler
    self.admission = admission
    self.logger = logger
  }

  /// Serves the call to its end. This task is cancelled when the call fails, and the call fails when
  /// this task is cancelled.
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
      try await self.handler.serve(self)
    } catch {
      self.fail(self.callError(for: error))
    }
  }

  /// Ends the call with its only response.
  func respond(_ response: some Message) throws(CallError) {
    let envelope = ResponseEnvelope(payload: response.serialized())
    try self.responses.close { frames throws(CallError) in
      try frames.writeFrame(stream: self.responses.id, type: .response) {
        envelope.serialize(into: &$0)
      }
    }
  }

  /// Ends the call after the responses that were written.
  func endResponses() throws(CallError) {
    try self.responses.close { frames throws(CallError) in
      frames.writeEnd(stream: self.responses.id)
    }
  }

  /// Ends the call with an error, unless it has ended, and cancels its handler.
  func fail(_ error: CallError, _ haste: OutboundStream.Haste = .none) {
    self.responses.close(haste) { frames in
      frames.writeError(error, stream: self.responses.id)
    }
    self.requests.fail(error)
    self.canceller.cancel()
  }

  /// The connection is gone: nothing can be said any more.
  func abandon() {
    self.responses.fail(.connectionClosed)
    self.requests.fail(.connectionClosed)
    self.canceller.cancel()
  }

  private func callError(for error: any Error) -> CallError {
    switch error {
    case let error as CallError: return error
    case let error as MessageError: return CallError(.invalidArgument, error.message)
    case is CancellationError: return .cancelled
    default:
      self.logger.error(
        "A handler failed",
        metadata: ["method": "\(self.context.method)", "error": "\(error)"]
      )
      return CallError(.internal, "The server failed; its log says why")
    }
  }
}
