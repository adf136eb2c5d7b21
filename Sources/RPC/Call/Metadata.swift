public import Identifiers

/// What is sent besides a request: keys with text values.
///
/// Keys are case-insensitive and stored in lower case; a key may have several values, in order.
/// Keys and values are compared by bytes.
public struct Metadata: Hashable, Sendable {
  private var pairs: [Pair] = []

  private struct Pair: Hashable, Sendable {
    var key: Identifier
    @Bytewise var value: String
  }

  /// Creates empty metadata.
  public init() {}

  /// The first value of `key`; setting it replaces all of its values, setting nil removes them.
  public subscript(key: Identifier) -> String? {
    get {
      let key = key.lowercasedASCII
      return self.pairs.first { $0.key == key }?.value
    }
    set {
      let key = key.lowercasedASCII
      self.pairs.removeAll { $0.key == key }
      if let newValue {
        self.pairs.append(Pair(key: key, value: newValue))
      }
    }
  }

  /// The keys and values of both; for common keys, those of `other`.
  package func replacing(with other: Metadata) -> Metadata {
    var result = other
    result.pairs += self.pairs.filter { pair in !other.pairs.contains { $0.key == pair.key } }
    return result
  }

  /// The first key that meets a condition.
  package func firstKey(where isMet: (Identifier) -> Bool) -> Identifier? {
    self.pairs.first { isMet($0.key) }?.key
  }

  /// Adds a value to those of `key`.
  public mutating func add(_ value: String, for key: Identifier) {
    self.pairs.append(Pair(key: key.lowercasedASCII, value: value))
  }
}

extension Metadata {
  /// The size of all keys and values, in bytes.
  public var size: Int {
    self.pairs.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
  }

  /// Checks that a server may accept the metadata.
  ///
  /// - Throws: `resourceExhausted` when it has more than `limit` bytes; and as `check`.
  func check(limit: Int) throws(CallError) {
    guard self.size <= limit else {
      throw .limit("The metadata has \(self.size) bytes, over \(limit)", "send less of it")
    }
    try self.check()
  }

  /// Checks that the metadata can be sent.
  ///
  /// - Throws: `invalidArgument` for a key with characters other than a-z, 0-9, "-", "_" and ".".
  package func check() throws(CallError) {
    for pair in self.pairs {
      guard !pair.key.isEmpty && pair.key.utf8.allSatisfy(Self.isKeyCharacter) else {
        throw CallError(
          .invalidArgument,
          "The metadata key \"\(pair.key)\" must be one or more of a-z, 0-9, \"-\", \"_\" and \".\""
        )
      }
    }
  }

  private static func isKeyCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "0") ... UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default:
      false
    }
  }
}

extension Metadata: ExpressibleByDictionaryLiteral {
  /// Creates metadata of literal keys and values.
  public init(dictionaryLiteral elements: (Identifier, String)...) {
    for (key, value) in elements {
      self.add(value, for: key)
    }
  }
}

extension Metadata: Sequence {
  /// Iterates over all values with their keys.
  public func makeIterator() -> AnyIterator<(key: Identifier, value: String)> {
    AnyIterator(self.pairs.lazy.map { (key: $0.key, value: $0.value) }.makeIterator())
  }
}
