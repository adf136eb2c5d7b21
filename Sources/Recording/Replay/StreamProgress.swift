internal import NIOCore
internal import TTRPC
internal import TokenwireAPI

/// Names a stream in a recording; the connection's own frames are on `ExtensionFrame.stream`.
struct StreamKey: Hashable {
  var connection: Int
  var stream: UInt32
}

/// How far a server has come on a stream, by what it has said and not by how it was cut into frames:
/// what a frame of the client that was recorded then has to wait for in a replay.
struct StreamProgress: Hashable {
  /// Frames of any kind, for replays that are compared exactly.
  var frames = 0
  /// Messages; those of generated text count as the length of their text and their tokens.
  var units = 0
  /// Frames that end a stream.
  var ends = 0
  /// Bytes of Data frames, headers included (WIRE.md section 4, WINDOW).
  var dataBytes: UInt64 = 0
  /// Whether the server has closed the connection.
  var isClosed = false

  mutating func count(_ frame: Frame, _ call: RecordedCall?) {
    self.frames += 1
    if frame.stream == ExtensionFrame.stream {
      // The times of these two are their own.
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
    return delta.text.utf8.count + delta.tokenIDs.count
  }

  /// Whether a replay has come as far as a recording had, or can come no further.
  ///
  /// - Parameter credit: up to which byte the client lets the server send: with that used, the server
  ///   waits, too. Nil is without limit.
  func hasReached(_ recorded: StreamProgress, match: ReplayMatch, credit: UInt64?) -> Bool {
    if self.isClosed { return true }
    if recorded.isClosed { return false }
    if match == .exact { return self.frames >= recorded.frames }
    if let credit, self.dataBytes >= credit { return true }
    if self.units >= recorded.units && self.ends >= recorded.ends { return true }
    // Of a stream that has ended, nothing more can be waited for.
    return self.ends >= max(1, recorded.ends)
  }
}
