internal import NIOCore
internal import TTRPC
internal import TokenwireAPI

/// Names a stream in a recording; the connection's own frames are on `ExtensionFrame.stream`.
struct StreamKey: Hashable {
  var connection: Int
  var stream: UInt32
}

/// The progress of a server on a stream, measured by content and not by how it is cut into frames.
/// In a replay, a client's frame waits until the server has made the recorded progress.
struct StreamProgress: Hashable {
  /// The number of frames, for replays that are compared exactly.
  var frames = 0
  /// The number of messages; what is generated counts as its length and its number of tokens.
  var units = 0
  /// The number of frames that end a stream.
  var ends = 0
  /// The bytes of Data frames, including headers (WIRE.md section 4, WINDOW).
  var dataBytes: UInt64 = 0
  /// Whether the server has closed the connection.
  var isClosed = false

  mutating func count(_ advance: RawAnswers.Advance) {
    self.units += advance.units
    self.ends += advance.ends
  }

  mutating func count(_ frame: Frame, _ call: RecordedCall?) {
    self.frames += 1
    if frame.stream == ExtensionFrame.stream {
      // These two are sent at times of their own.
      if frame.type != .window && frame.type != .ping { self.units += 1 }
      return
    }
    switch frame.type {
    case .response:
      self.units += 1
      self.ends += 1
    case .data:
      self.dataBytes += UInt64(FrameHeader.size + frame.data.readableBytes)
      if frame.flags.contains(.noData) {
        self.ends += 1
      } else {
        self.units += Self.units(in: frame.data, call)
      }
    default:
      self.units += 1
    }
  }

  private static func units(in message: ByteBuffer, _ call: RecordedCall?) -> Int {
    guard
      call?.method == TokenwireMethod.generate || call?.method == TokenwireMethod.secureGenerate,
      let response = try? GenerateResponse(serialized: message),
      case .delta(let delta) = response.event
    else { return 1 }
    let calls = delta.toolCalls.reduce(0) { $0 + $1.arguments.utf8.count }
    return delta.text.utf8.count + delta.reasoningText.utf8.count + calls + delta.tokenIDs.count
  }

  /// Whether a replay has made the recorded progress, or can make no more.
  ///
  /// - Parameter credit: the offset up to which the server may send; when it is reached, the server
  ///   waits, too. Nil means no limit.
  func hasReached(_ recorded: StreamProgress, match: ReplayMatch, credit: UInt64?) -> Bool {
    if self.isClosed { return true }
    if recorded.isClosed { return false }
    // Pieces of HTTP are not counted: reads cut them anyhow.
    if match == .exact && recorded.frames > 0 { return self.frames >= recorded.frames }
    if let credit, self.dataBytes >= credit { return true }
    if self.units >= recorded.units && self.ends >= recorded.ends { return true }
    // Nothing more will come on a stream that has ended.
    return self.ends >= max(1, recorded.ends)
  }
}
