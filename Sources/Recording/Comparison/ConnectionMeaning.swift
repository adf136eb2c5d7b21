internal import Identifiers
internal import NIOCore
internal import TTRPC

/// What a server sent on one connection.
struct ConnectionMeaning {
  private(set) var streams: [UInt32: StreamMeaning] = [:]
  /// The frames about the connection itself, except WINDOW and PING, which depend on timing.
  private(set) var words: [Identifier] = []
  /// The answers that are no frames of ttrpc.
  private(set) var answers: [UInt32: StreamProgress] = [:]
  /// Whether the server closed the connection before the client did.
  private(set) var isClosed = false

  /// - Parameters:
  ///   - calls: the client's calls, by stream.
  ///   - said: what the server sent until the client ended.
  init(_ calls: [UInt32: RecordedCall], said: [RecordedEvent.Kind]) {
    var raw = RawAnswers()
    for kind in said {
      switch kind {
      case .frame(let frame) where frame.stream == ExtensionFrame.stream:
        if frame.type != .window && frame.type != .ping { self.words.append(Self.word(frame)) }
      case .frame(let frame):
        self.streams[frame.stream, default: StreamMeaning(calls[frame.stream])].append(frame)
      case .bytes(let bytes):
        for advance in raw.append(bytes) {
          self.answers[advance.stream, default: StreamProgress()].count(advance)
        }
      case .end:
        self.isClosed = true
      case .open:
        break
      }
    }
    for (stream, call) in calls where self.streams[stream] == nil {
      self.streams[stream] = StreamMeaning(call)
    }
  }

  private static func word(_ frame: Frame) -> Identifier {
    let description = EventDescription(extension: frame)
    let message = description?.message.map { MessageJSON($0).text } ?? ""
    let words = [frame.type.name, message, description?.status ?? ""]
    return Identifier(words.filter { !$0.isEmpty }.joined(separator: " "))
  }
}
