/// What travels beside a request: keys with text values.
///
/// Keys are case-insensitive and kept in lower case; a key may have several values, in order.
public struct Metadata: Hashable, Sendable {
  private var pairs: [Pair] = []

  private struct Pair: Hashable, Sendable {
    var key: String
    var value: String
  }

  /// Creates metadata without a key.
  public init() {}

  /// The first value of `key`; setting it replaces all of its values, setting nil removes them.
  public subscript(key: String) -> String? {
    get {
      let key = key.lowercased()
      return self.pairs.first { $0.key == key }?.value
    }
    set {
      let key = key.lowercased()
      self.pairs.removeAll { $0.key == key }
      if let newValue {
        self.pairs.append(Pair(key: key, value: newValue))
      }
    }
  }

  /// Adds a value to those that `key` has.
  public mutating func add(_ value: String, for key: String) {
    self.pairs.append(Pair(key: key.lowercased(), value: value))
  }
}

extension Metadata: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, String)...) {
    for (key, value) in elements {
      self.add(value, for: key)
    }
  }
}

extension Metadata: Sequence {
  public func makeIterator() -> AnyIterator<(key: String, value: String)> {
    AnyIterator(self.pairs.lazy.map { (key: $0.key, value: $0.value) }.makeIterator())
  }
}
