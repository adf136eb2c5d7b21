internal import NIOCore
internal import TTRPC

/// Cuts what the two sides of a connection send into events, by the protocol that the client speaks,
/// and hides access tokens in all bytes that are not frames of ttrpc.
struct ConnectionCutter {
  private let hidesTokens: Bool
  private var speech = Speech.unknown
  private var upgrade = UpgradeWatch()
  private var client: Side
  private var server: Side

  private enum Speech {
    /// The client has not said enough.
    case unknown
    /// ttrpc, or no frames at all.
    case frames
    case http2
    /// Of what comes, only the length is recorded, for this reason.
    case hidden(String)
  }

  private struct Side {
    /// What has come before the speech is known.
    var opening = ByteBuffer()
    /// When the first byte came that no event has yet, for all but ttrpc.
    var began: Duration?
    var frames = FrameCutter()
    var scan = TokenScan()
    var http2: HTTP2Redaction
  }

  struct Piece {
    var side: RecordedEvent.Side
    var kind: RecordedEvent.Kind
    /// When the first byte arrived, if that was earlier.
    var began: Duration?
    /// Why its bytes are hidden.
    var hidden: String?
  }

  init(hidesTokens: Bool) {
    self.hidesTokens = hidesTokens
    self.client = Side(http2: HTTP2Redaction(of: .client))
    self.server = Side(http2: HTTP2Redaction(of: .server))
  }

  /// Adds bytes of a side, and returns what they complete.
  mutating func append(
    _ bytes: ByteBuffer,
    from side: RecordedEvent.Side,
    at time: Duration
  ) -> [Piece] {
    guard case .unknown = self.speech else { return self.cut(bytes, side, at: time) }
    self[side].opening.writeImmutableBuffer(bytes)
    self[side].began = self[side].began ?? time
    self.speech = self.speechOfOpenings
    if case .unknown = self.speech { return [] }
    return self.cutOpenings(at: time)
  }

  /// A side has ended: returns what its end cut off.
  mutating func finish(_ side: RecordedEvent.Side) -> [Piece] {
    var pieces: [Piece] = []
    if case .unknown = self.speech {
      self.speech = .frames
      pieces = self.cutOpenings(at: .zero)
    }
    for piece in self[side].frames.finish() {
      pieces += self.pieces(of: piece.kind, side, began: piece.began)
    }
    return pieces + self.hideUnwritten(of: side, because: "a frame of HTTP/2 is cut off")
  }

  private subscript(side: RecordedEvent.Side) -> Side {
    get { side == .client ? self.client : self.server }
    _modify {
      switch side {
      case .client: yield &self.client
      case .server: yield &self.server
      }
    }
  }

  // MARK: Openings

  /// Servers say less before their clients speak.
  private static let maximumOpening = 1 << 16

  private var speechOfOpenings: Speech {
    let preface = HTTP2FrameHeader.preface.readableBytesView
    let said = self.client.opening.readableBytesView
    if said.starts(with: preface) { return .http2 }
    guard preface.starts(with: said) else { return .frames }
    // Some servers of HTTP/2 speak first.
    let answer = self.server.opening
    return answer.readableBytes <= Self.maximumOpening && answer.mayBeginHTTP2 ? .unknown : .frames
  }

  private mutating func cutOpenings(at time: Duration) -> [Piece] {
    let isAnswer = (self.client.began ?? time) <= (self.server.began ?? time)
    let sides: [RecordedEvent.Side] = isAnswer ? [.client, .server] : [.server, .client]
    return sides.flatMap { side -> [Piece] in
      let (opening, began) = (self[side].opening, self[side].began)
      (self[side].opening, self[side].began) = (ByteBuffer(), nil)
      guard opening.readableBytes > 0 else { return [] }
      return self.cut(opening, side, at: began ?? time).map {
        var piece = $0
        piece.began = piece.began ?? began
        return piece
      }
    }
  }

  // MARK: Bytes

  private mutating func cut(
    _ bytes: ByteBuffer,
    _ side: RecordedEvent.Side,
    at time: Duration
  ) -> [Piece] {
    switch self.speech {
    case .unknown, .frames:
      self[side].frames.append(bytes, at: time).flatMap {
        self.pieces(of: $0.kind, side, began: $0.began)
      }
    case .http2 where self.hidesTokens:
      self.follow(bytes, side, at: time)
    case .http2:
      [Piece(side: side, kind: .bytes(bytes))]
    case .hidden(let reason):
      [Piece(side: side, kind: .bytes(bytes.hidden), hidden: reason)]
    }
  }

  /// The pieces of a frame of ttrpc, or of bytes that are none.
  private mutating func pieces(
    of kind: RecordedEvent.Kind,
    _ side: RecordedEvent.Side,
    began: Duration?
  ) -> [Piece] {
    guard case .bytes(var bytes) = kind, self.hidesTokens else {
      return [Piece(side: side, kind: kind, began: began)]
    }
    if case .hidden(let reason) = self.speech {
      return [Piece(side: side, kind: .bytes(bytes.hidden), began: began, hidden: reason)]
    }
    guard
      let length = self.upgrade.append(bytes, from: side),
      let visible = bytes.readSlice(length: length)
    else { return [Piece(side: side, kind: .bytes(self[side].scan.hide(bytes)), began: began)] }
    let reason = "the connection changes its protocol"
    self.speech = .hidden(reason)
    let shown = Piece(side: side, kind: .bytes(self[side].scan.hide(visible)), began: began)
    let hidden = Piece(side: side, kind: .bytes(bytes.hidden), began: began, hidden: reason)
    return bytes.readableBytes > 0 ? [shown, hidden] : [shown]
  }

  // MARK: HTTP/2

  private mutating func follow(
    _ bytes: ByteBuffer,
    _ side: RecordedEvent.Side,
    at time: Duration
  ) -> [Piece] {
    let began = self[side].began
    var output = ByteBuffer()
    do throws(HTTP2Failure) {
      try self[side].http2.append(bytes, to: &output)
      // A piece that is cut within a frame began the next event.
      self[side].began = self[side].http2.unwritten > 0 ? (began ?? time) : nil
      return output.readableBytes > 0
        ? [Piece(side: side, kind: .bytes(output), began: began)] : []
    } catch {
      let reason = "its HTTP/2 cannot be followed: \(error.reason)"
      self.speech = .hidden(reason)
      let written = Piece(side: side, kind: .bytes(output), began: began)
      return (output.readableBytes > 0 ? [written] : [])
        + self.hideUnwritten(of: side, because: reason)
    }
  }

  private mutating func hideUnwritten(
    of side: RecordedEvent.Side,
    because reason: String
  ) -> [Piece] {
    let count = self[side].http2.takeUnwritten()
    guard count > 0 else { return [] }
    let bytes = ByteBuffer(repeating: 0, count: count).hidden
    return [Piece(side: side, kind: .bytes(bytes), began: self[side].began, hidden: reason)]
  }
}

extension ByteBuffer {
  /// Whether these may be the first bytes of a server of HTTP/2, which are SETTINGS (RFC 9113
  /// section 3.4). ttrpc has no frame of such a type on such a stream.
  fileprivate var mayBeginHTTP2: Bool {
    let expected: [UInt8?] = [
      0, nil, nil, HTTP2FrameHeader.Kind.settings.rawValue, nil, 0, 0, 0, 0,
    ]
    return zip(self.readableBytesView, expected).allSatisfy { $1 == nil || $0 == $1 }
  }
}
