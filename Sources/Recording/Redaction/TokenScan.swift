internal import NIOCore

/// Replaces what looks like an access token with "x" in bytes that come in pieces and that are not
/// whole requests, so that the access token's place is unknown.
///
/// Finds text after "Bearer ", the beginning of every JWT, which is `{"` in base64 (RFC 7519
/// section 3), and the values of the fields of HTTP/1 that carry secrets. A token may begin in one
/// piece and end in a later one.
struct TokenScan {
  private var search = TokenScan.allMarks
  private var hiding = Hiding.nothing

  private enum Hiding {
    case nothing
    /// Up to the first byte that no token has.
    case token
    /// Up to the end of the line.
    case line
  }

  private static let bearer = MarkSearch.Mark("Bearer ")
  private static let jwt = MarkSearch.Mark("eyJ")
  /// Only at the beginning of a line: prompts contain such words, too.
  private static let fields = SecretFields.names.map {
    MarkSearch.Mark("\n\($0):", ignoresCase: true)
  }
  private static let allMarks = MarkSearch(Self.fields + [Self.bearer, Self.jwt])

  /// Whether nothing before the next bytes matters for them.
  var isIdle: Bool { self.hiding == .nothing && self.search.isIdle }

  /// Returns the next bytes without tokens, of the same length.
  mutating func hide(_ bytes: ByteBuffer) -> ByteBuffer {
    var result = bytes
    result.withUnsafeMutableReadableBytes { bytes in
      for index in bytes.indices {
        if self.hides(bytes[index]) {
          bytes[index] = .hidden
          continue
        }
        let mark = self.search.mark(endingAt: index, in: UnsafeRawBufferPointer(bytes))
        switch mark {
        case nil:
          self.hiding = .nothing
        case Self.bearer:
          self.hiding = .token
        case Self.jwt:
          self.hiding = .token
          // What an earlier piece has of this mark is the same in every token.
          for index in max(0, index - 2) ... index { bytes[index] = .hidden }
        default:
          self.hiding = .line
        }
      }
    }
    self.search.end(result)
    return result
  }

  private func hides(_ byte: UInt8) -> Bool {
    switch self.hiding {
    case .nothing: false
    case .token: byte.isOfToken
    case .line: byte != UInt8(ascii: "\r") && byte != UInt8(ascii: "\n")
    }
  }
}

extension ByteBuffer {
  /// The bytes with "x" for each that looks like one of an access token.
  var hidingTokens: ByteBuffer {
    var scan = TokenScan()
    return scan.hide(self)
  }

  /// As many "x" as there are bytes.
  var hidden: ByteBuffer { ByteBuffer(repeating: .hidden, count: self.readableBytes) }
}

extension UInt8 {
  /// Stands for a byte of a secret.
  fileprivate static let hidden = UInt8(ascii: "x")

  /// RFC 6750 section 2.1.
  fileprivate var isOfToken: Bool {
    switch self {
    case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "A") ... UInt8(ascii: "Z"),
      UInt8(ascii: "0") ... UInt8(ascii: "9"):
      true
    default: "-._~+/=".utf8.contains(self)
    }
  }
}
