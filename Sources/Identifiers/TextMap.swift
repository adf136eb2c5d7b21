/// Texts by name, such as the metadata of a log entry. Names and texts are compared by bytes: "é"
/// written in two ways is two names.
///
///     let metadata: TextMap = ["client": "curl"]
///     metadata["client"]  // "curl"
public struct TextMap: Hashable, Sendable {
  private var texts: [Identifier: Identifier] = [:]

  /// Creates an empty map.
  public init() {}

  /// Creates a map of pairs; the last pair with a name counts.
  public init(_ pairs: some Sequence<(key: String, value: String)>) {
    for (name, text) in pairs { self[Identifier(name)] = text }
  }

  /// The number of names.
  public var count: Int { self.texts.count }

  /// Whether there are no names.
  public var isEmpty: Bool { self.texts.isEmpty }

  /// The size of all names and texts, in bytes.
  public var size: Int {
    self.texts.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
  }

  /// The text with a name; setting nil removes it.
  public subscript(name: Identifier) -> String? {
    get { self.texts[name]?.text }
    set { self.texts[name] = newValue.map { Identifier($0) } }
  }
}

/// Pairs come in the order of the names' bytes.
extension TextMap: Sequence {
  /// Iterates over the pairs.
  public func makeIterator() -> AnyIterator<(key: String, value: String)> {
    AnyIterator(
      self.texts.sorted { $0.key < $1.key }.lazy
        .map { (key: $0.key.text, value: $0.value.text) }.makeIterator()
    )
  }
}

extension TextMap: ExpressibleByDictionaryLiteral {
  /// Creates a map of literal pairs.
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements.map { (key: $0, value: $1) })
  }
}
