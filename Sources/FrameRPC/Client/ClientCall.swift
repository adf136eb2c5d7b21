internal import NIOCore
internal import Protobuf

/// A call as its client sees it: what of its responses has arrived.
final class ClientCall: Sendable {
  /// How a method answers.
  enum Answer {
    case one
    case stream
  }

  let responses = MessageQueue()
  private let answer: Answer

  init(answer: Answer) {
    self.answer = answer
  }

  /// Takes a frame of this call's stream (WIRE.md section 1).
  ///
  /// - Returns: whether the call has ended.
  func receive(_ frame: Frame) -> Bool {
    switch (frame.type, self.answer) {
    case (.response, _):
      self.receiveResponse(frame)
      return true
    case (.data, .stream):
      if !frame.flags.contains(.noData) {
        self.responses.append(frame.data)
      }
      let isLast = frame.flags.contains(.remoteClosed)
      if isLast { self.responses.finish() }
      return isLast
    case (.data, .one):
      self.fail(.protocolViolation("streams responses to a call that has one"))
      return true
    default:
      return false  // Unknown types are ignored, so that the protocol can grow.
    }
  }

  func fail(_ error: CallError) {
    self.responses.fail(error)
  }

  private func receiveResponse(_ frame: Frame) {
    do {
      let envelope = try ResponseEnvelope(serialized: frame.data)
      if let error = CallError(envelope.status) {
        self.responses.fail(error)
      } else {
        if self.answer == .one { self.responses.append(envelope.payload) }
        self.responses.finish()
      }
    } catch {
      self.fail(.protocolViolation("sends a Response that cannot be read: \(error.message)"))
    }
  }
}

extension CallError {
  static func protocolViolation(_ what: String) -> CallError {
    CallError(.internal, "The server \(what): it does not follow ttrpc")
  }
}
