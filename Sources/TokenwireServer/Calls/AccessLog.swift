internal import Generation
internal import Identifiers
internal import Logging
internal import RPC

/// Logs a line for each call when it has ended: the caller, the method and the status. It contains
/// no prompts, responses or access tokens. Of a text it has the model, and of one elsewhere its server.
final class AccessLog: ServerInterceptor {
  private let logger: Logger

  init(logger: Logger) {
    self.logger = logger
  }

  func end(_ call: CallContext, _ error: CallError?) {
    var metadata: Logger.Metadata = [
      "request": "\(call.id)",
      "method": "\(Self.value(call.method.description.shortened))",
      "peer": "\(call.peer)",
      "status": "\(error?.code.description ?? "OK")",
      "duration_ms": "\(Int(call.duration / .milliseconds(1)))",
    ]
    if let caller = call.caller as? Caller {
      if !caller.userID.isEmpty { metadata["user"] = "\(Self.value(caller.userID.text))" }
      metadata["tokens"] = "\(caller.generatedTokens)"
      if let text = caller.text {
        metadata["model"] = "\(Self.value(text.model.text))"
        if let origin = text.origin {
          metadata["replica"] = "\(Self.value(origin.replica.text))"
          if !origin.model.isEmpty {
            metadata["upstream_model"] = "\(Self.value(origin.model.text.shortened))"
          }
        }
      }
      if let cost = caller.cost { metadata["cost"] = "\(cost)" }
    }
    self.logger.info("Call", metadata: metadata)
  }

  /// The text, quoted unless it is one word: the name of a method that is not offered is the caller's,
  /// who must not be able to write fields.
  private static func value(_ text: String) -> String {
    if !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x80 || $0.isOfRequestID }) { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}

extension CallContext {
  /// The time since the call arrived.
  var duration: Duration { .now - self.arrival }
}
