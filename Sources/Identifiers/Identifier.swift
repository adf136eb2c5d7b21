#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The name of something: a user, a key, a model, a header, a method.
///
/// Two identifiers are equal when their UTF-8 is. Swift's `String` compares by canonical equivalence
/// (Unicode Standard Annex #15), so that "José" written in two ways is one key of a `Dictionary`
/// but two users of a database: what decides about access must not be compared like that.
public struct Identifier: Hashable, Sendable {
  /// The text, for messages and for libraries that want a `String`. Not for comparing.
  public let text: String

  public init(_ text: String) {
    // Then its UTF-8 is in one piece, which comparing and hashing need.
    var text = text
    text.makeContiguousUTF8()
    self.text = text
  }

  public init(_ text: some StringProtocol) {
    self.init(String(text))
  }

  public var isEmpty: Bool { self.text.isEmpty }

  public var utf8: String.UTF8View { self.text.utf8 }

  public static func == (left: Identifier, right: Identifier) -> Bool {
    left.withBytes { left in
      right.withBytes { right in
        left.count == right.count && Self.order(left, right) == 0
      }
    }
  }

  public func hash(into hasher: inout Hasher) {
    self.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    // No text ends with it, so that identifiers that are hashed one after the other stay apart.
    hasher.combine(0xFF as UInt8)
  }

  /// The same with the letters A to Z in lower case. `String.lowercased` also makes a "k" of the
  /// Kelvin sign.
  public var lowercasedASCII: Identifier {
    let upperCase = UInt8(ascii: "A") ... UInt8(ascii: "Z")
    guard self.utf8.contains(where: { upperCase ~= $0 }) else { return self }
    let bytes = self.utf8.map { upperCase ~= $0 ? $0 | 0x20 : $0 }
    return Identifier(String(decoding: bytes, as: UTF8.self))
  }

  private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    // `init` has seen to it that there is contiguous storage.
    self.text.utf8.withContiguousStorageIfAvailable(body).unsafelyUnwrapped
  }

  /// Compares as many bytes as both have.
  private static func order(
    _ left: UnsafeBufferPointer<UInt8>,
    _ right: UnsafeBufferPointer<UInt8>
  ) -> Int32 {
    guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return 0 }
    return memcmp(leftStart, rightStart, min(left.count, right.count))
  }
}

/// In the order of their bytes.
extension Identifier: Comparable {
  public static func < (left: Identifier, right: Identifier) -> Bool {
    left.withBytes { left in
      right.withBytes { right in
        let order = Self.order(left, right)
        return order == 0 ? left.count < right.count : order < 0
      }
    }
  }
}

extension Identifier: ExpressibleByStringInterpolation {
  public init(stringLiteral text: String) {
    self.init(text)
  }
}

extension Identifier: CustomStringConvertible {
  public var description: String { self.text }
}
