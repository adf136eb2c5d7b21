internal import Generation
internal import Identifiers
internal import Logging
internal import RPC

/// Logs a line for each call when it has ended: the caller, the method and the status. It contains
/// no prompts, responses or access tokens.
final class AccessLog: ServerInterceptor {
  private let logger: Logger

  init(logger: Logger) {
    self.logger = logger
  }

  func end(_ call: CallContext, _ error: CallError?) {
    var metadata: Logger.Metadata = [
      "request": "\(call.id)",
      "method": "\(call.method.description.shortened)",
      "peer": "\(call.peer)",
      "status": "\(error?.code.description ?? "OK")",
      "duration_ms": "\(Int(call.duration / .milliseconds(1)))",
    ]
    if let caller = call.caller as? Caller {
      if !caller.userID.isEmpty { metadata["user"] = "\(caller.userID)" }
      metadata["tokens"] = "\(caller.generatedTokens)"
    }
    self.logger.info("Call", metadata: metadata)
  }
}

extension CallContext {
  /// The time since the call arrived.
  var duration: Duration { .now - self.arrival }
}
