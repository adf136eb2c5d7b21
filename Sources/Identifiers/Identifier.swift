/// The name of something: a user, a key, a model, a header, a method.
///
/// Two identifiers are equal when their UTF-8 is. Swift's `String` compares by canonical equivalence
/// (Unicode Standard Annex #15), so that "José" written in two ways is one key of a `Dictionary`
/// but two users of a database: what decides about access must not be compared like that.
public struct Identifier: Hashable, Sendable {
  /// The text, for messages and for libraries that want a `String`. Not for comparing.
  public let text: String

  public init(_ text: some StringProtocol) {
    var text = String(text)
    text.makeContiguousUTF8()
    self.text = text
  }

  public var isEmpty: Bool { self.text.isEmpty }

  public var utf8: String.UTF8View { self.text.utf8 }

  public static func == (left: Identifier, right: Identifier) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    var text = self.text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
  }
}

/// In the order of their bytes.
extension Identifier: Comparable {
  public static func < (left: Identifier, right: Identifier) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}

extension Identifier: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    self.init(text)
  }
}

extension Identifier: CustomStringConvertible {
  public var description: String { self.text }
}
