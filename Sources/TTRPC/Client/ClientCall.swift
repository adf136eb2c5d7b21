internal import NIOCore
internal import Protobuf
internal import RPC
internal import Synchronization

/// A client's call, and the responses that have arrived.
final class ClientCall: Sendable {
  /// How a method answers.
  enum Answer {
    case one
    case stream
  }

  let responses: MessageQueue
  /// The requests that the client streams; nil for a single request.
  let requests: OutboundStream?
  private let answer: Answer
  /// Nil without a timeout.
  private let time: CallTime?
  private let progress = Mutex(Progress())

  private struct Progress {
    var hasResponse = false
    var wasRefused = false
    var deadline: Scheduled<Void>?
  }

  init(
    id: UInt32,
    answer: Answer,
    writer: FrameWriter,
    window: Int,
    gate: ReadGate,
    time: CallTime?,
    streamsRequests: Bool
  ) {
    self.answer = answer
    self.time = time
    self.responses = MessageQueue(window: window, gate: gate)
    self.requests = streamsRequests ? OutboundStream(id: id, writer: writer) : nil
  }

  deinit {
    self.progress.withLock { $0.deadline }?.cancel()
  }

  /// Keeps the timer of the deadline, to stop it when the call ends.
  func keepDeadline(_ deadline: Scheduled<Void>) {
    self.progress.withLock { $0.deadline = deadline }
  }

  /// Whether the server has certainly not begun to process the call.
  var wasRefused: Bool { self.progress.withLock { $0.wasRefused } }

  /// Handles a frame of this call's stream (WIRE.md section 1).
  ///
  /// - Returns: whether the call has ended.
  func receive(_ frame: Frame) -> Bool {
    switch (frame.type, self.answer) {
    case (.response, _):
      self.receiveResponse(frame)
      return true
    case (.data, .stream):
      self.progress.withLock { $0.hasResponse = true }
      if !frame.flags.contains(.noData),
        !self.responses.append(frame.data, length: frame.encodedLength)
      {
        self.fail(.protocolViolation("sends more than this client takes"))
        return true
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
    self.requests?.fail(error)
  }

  /// The server has not processed the call.
  func refuse(_ error: CallError) {
    self.progress.withLock { $0.wasRefused = !$0.hasResponse }
    self.fail(error)
  }

  private func receiveResponse(_ frame: Frame) {
    do {
      let envelope = try ResponseEnvelope(serialized: frame.data)
      switch CallError(envelope.status) {
      case let error? where error.code == .unavailable:
        self.refuse(error)
      case let error?:
        self.fail(self.time?.told(error) ?? error)
      case nil where self.answer == .one:
        self.responses.append(envelope.payload, length: frame.encodedLength, isLast: true)
      case nil:
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
