internal import NIOCore

/// What each frame of HTTP/2 begins with (RFC 9113 section 4.1).
struct HTTP2FrameHeader {
  static let size = 9
  /// What every peer takes (RFC 9113 section 4.2).
  static let safeLength = 1 << 14
  /// What clients send before their first frame (RFC 9113 section 3.4).
  static let preface = ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

  /// Of the payload.
  var length: Int
  var kind: UInt8
  var flags: Flags
  var stream: UInt32

  /// RFC 9113 section 6.
  enum Kind: UInt8 {
    case data
    case headers
    case priority
    case reset
    case settings
    case pushPromise
    case ping
    case goAway
    case windowUpdate
    case continuation
  }

  struct Flags: OptionSet {
    var rawValue: UInt8

    static let endStream = Flags(rawValue: 0x01)
    static let endHeaders = Flags(rawValue: 0x04)
    static let padded = Flags(rawValue: 0x08)
    static let priority = Flags(rawValue: 0x20)
  }

  /// Nil for kinds that the RFC does not have.
  var known: Kind? { Kind(rawValue: self.kind) }
}

extension ByteBuffer {
  /// The header of the next frame, when it is there.
  func peekHTTP2FrameHeader() -> HTTP2FrameHeader? {
    var bytes = self
    guard
      let (high, low, kind, flags, stream) = bytes.readMultipleIntegers(
        as: (UInt8, UInt16, UInt8, UInt8, UInt32).self
      )
    else { return nil }
    return HTTP2FrameHeader(
      length: Int(high) << 16 | Int(low),
      kind: kind,
      flags: HTTP2FrameHeader.Flags(rawValue: flags),
      stream: stream & 0x7FFF_FFFF
    )
  }

  /// Writes a frame with this payload; the header's length is not used.
  mutating func writeHTTP2Frame(_ header: HTTP2FrameHeader, _ payload: ByteBuffer) {
    self.writeMultipleIntegers(
      UInt8(truncatingIfNeeded: payload.readableBytes >> 16),
      UInt16(truncatingIfNeeded: payload.readableBytes),
      header.kind,
      header.flags.rawValue,
      header.stream
    )
    self.writeImmutableBuffer(payload)
  }
}
