internal import Identifiers
internal import NIOCore
internal import Protobuf
internal import RPC

/// Replaces the access tokens in a client's requests, and leaves all else unchanged.
struct TokenReplacement {
  /// Replaces an access token in a recording.
  static let redacted = "[redacted]"

  /// Returns the new access token for an old one; nil keeps it.
  let replace: (_ token: String) -> String?

  /// For recordings: all access tokens are replaced.
  static var redaction: TokenReplacement { TokenReplacement { _ in Self.redacted } }

  /// For replays: each redacted access token is replaced with this one.
  static func insertion(of token: String) -> TokenReplacement {
    TokenReplacement { Identifier($0) == Identifier(Self.redacted) ? token : nil }
  }

  // Field numbers: ttrpc.proto.
  private static let service = 1
  private static let method = 2
  private static let payload = 3
  private static let metadata = 5
  private static let key = 1
  private static let value = 2

  /// - Returns: nil when the data is not a Request, so that no access token can be found in it.
  func request(_ data: ByteBuffer) -> ByteBuffer? {
    guard let method = Self.names(in: data) else { return nil }
    let messages = MethodMessages.of(method)
    var isMessage = true
    let result = data.replacingFields { number, value in
      switch number {
      case Self.metadata:
        return self.pair(value)
      case Self.payload:
        guard let messages else { return nil }
        let message = self.message(value, messages)
        if message == nil { isMessage = false }
        return message
      default:
        return nil
      }
    }
    return isMessage ? result : nil
  }

  /// - Returns: nil when the bytes are not a message.
  func message(_ bytes: ByteBuffer, _ messages: MethodMessages) -> ByteBuffer? {
    bytes.replacingFields { number, value in
      messages.secretFields.contains(number)
        ? self.replace(String(buffer: value)).map { ByteBuffer(string: $0) } : nil
    }
  }

  private static func names(in data: ByteBuffer) -> MethodDescriptor? {
    var names = MethodDescriptor(service: "", method: "")
    let isMessage =
      data.replacingFields { number, value in
        if number == Self.service { names.service = Identifier(String(buffer: value)) }
        if number == Self.method { names.method = Identifier(String(buffer: value)) }
        return nil
      } != nil
    return isMessage ? names : nil
  }

  /// Metadata with the key "authorization" is "Bearer" and the access token.
  private func pair(_ bytes: ByteBuffer) -> ByteBuffer? {
    var isToken = false
    _ = bytes.replacingFields { number, value in
      if number == Self.key {
        isToken = Identifier(String(buffer: value)).lowercasedASCII == "authorization"
      }
      return nil
    }
    guard isToken else { return nil }
    return bytes.replacingFields { number, value in
      guard number == Self.value else { return nil }
      // By bytes: in Swift, a space with a combining accent is another character.
      let words = String(buffer: value).utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
        .map { String(Substring($0)) }
      let scheme = words.count == 2 ? words[0] + " " : ""
      return self.replace(words.last ?? "").map { ByteBuffer(string: scheme + $0) }
    }
  }
}
