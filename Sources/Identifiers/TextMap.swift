/// Texts by their names, such as the metadata of a log entry. Names and texts are compared by their
/// bytes: "é" written in two ways are two names.
///
///     let metadata: TextMap = ["client": "curl"]
///     metadata["client"]  // "curl"
public struct TextMap: Hashable, Sendable {
  private var texts: [Identifier: Identifier] = [:]

  public init() {}

  /// Creates a map of pairs, of which the last one with a name counts.
  public init(_ pairs: some Sequence<(key: String, value: String)>) {
    for (name, text) in pairs { self[Identifier(name)] = text }
  }

  public var count: Int { self.texts.count }

  public var isEmpty: Bool { self.texts.isEmpty }

  /// The bytes of all names and texts.
  public var size: Int {
    self.texts.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
  }

  /// The text of that name; setting nil removes the name.
  public subscript(name: Identifier) -> String? {
    get { self.texts[name]?.text }
    set { self.texts[name] = newValue.map { Identifier($0) } }
  }
}

/// In the order of the names' bytes.
extension TextMap: Sequence {
  public func makeIterator() -> AnyIterator<(key: String, value: String)> {
    AnyIterator(
      self.texts.sorted { $0.key < $1.key }.lazy
        .map { (key: $0.key.text, value: $0.value.text) }.makeIterator()
    )
  }
}

extension TextMap: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements.map { (key: $0, value: $1) })
  }
}
