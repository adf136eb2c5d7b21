#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The name of something: a user, a key, a model, a header, a method.
///
/// Two identifiers are equal when their UTF-8 is. Swift's `String` compares by canonical
/// equivalence (Unicode Standard Annex #15), so "José" written in two ways is one key of a
/// `Dictionary` but two users of a database: decisions about access must not compare like that.
public struct Identifier: Hashable, Sendable {
  /// The text, for messages and for libraries that need a `String`. Do not compare it.
  public let text: String

  /// Creates an identifier with a text.
  public init(_ text: String) {
    // Makes its UTF-8 contiguous, which comparing and hashing need.
    var text = text
    text.makeContiguousUTF8()
    self.text = text
  }

  /// Creates an identifier with a text.
  public init(_ text: some StringProtocol) {
    self.init(String(text))
  }

  /// Whether the text is empty.
  public var isEmpty: Bool { self.text.isEmpty }

  /// The bytes of the text.
  public var utf8: String.UTF8View { self.text.utf8 }

  /// Whether the bytes are equal.
  public static func == (left: Identifier, right: Identifier) -> Bool {
    left.withBytes { left in
      right.withBytes { right in
        left.count == right.count && Self.order(left, right) == 0
      }
    }
  }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    self.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    // No text contains this byte, so it separates identifiers that are hashed one after the other.
    hasher.combine(0xFF as UInt8)
  }

  /// The identifier with A to Z in lower case. `String.lowercased` also turns the Kelvin sign into
  /// "k".
  public var lowercasedASCII: Identifier {
    let upperCase = UInt8(ascii: "A") ... UInt8(ascii: "Z")
    guard self.utf8.contains(where: { upperCase ~= $0 }) else { return self }
    let bytes = self.utf8.map { upperCase ~= $0 ? $0 | 0x20 : $0 }
    return Identifier(String(decoding: bytes, as: UTF8.self))
  }

  private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    // `init` made the storage contiguous.
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

/// Identifiers are ordered by their bytes.
extension Identifier: Comparable {
  /// Whether the bytes of `left` come first.
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
  /// Creates an identifier with a literal text.
  public init(stringLiteral text: String) {
    self.init(text)
  }
}

extension Identifier: CustomStringConvertible {
  /// The text.
  public var description: String { self.text }
}
