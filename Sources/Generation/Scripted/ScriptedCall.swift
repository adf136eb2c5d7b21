internal import Identifiers

/// Reads a call, `{"name": "...", "arguments": {...}}`, as it is written.
struct ScriptedCall {
  let index: Int
  private let id: Identifier
  private(set) var text = ""
  /// Whether the name is known.
  private(set) var hasBegun = false
  /// Whether it cannot be a call.
  private(set) var isInvalid = false
  /// How many brackets of the arguments are open; nil before the first.
  private var depth: Int?
  private var isInString = false
  private var isEscaped = false

  init(index: Int, id: Identifier) {
    self.index = index
    self.id = id
  }

  /// Whether the arguments have ended.
  var isWhole: Bool { self.depth == 0 }

  /// Adds text, and returns what it says of the call; nil when that is nothing yet.
  mutating func append(_ text: String) -> ToolCallDelta? {
    if text.isEmpty { return nil }
    if self.hasBegun {
      let arguments = self.takeArguments(text[...])
      return arguments.isEmpty ? nil : ToolCallDelta(index: self.index, arguments: arguments)
    }
    self.text += text
    guard let (name, arguments) = self.beginning() else { return nil }
    self.hasBegun = true
    return ToolCallDelta(
      index: self.index,
      id: self.id,
      name: name,
      arguments: self.takeArguments(arguments)
    )
  }

  /// The name, and the arguments as far as they are there; nil when they do not begin yet, or cannot.
  private mutating func beginning() -> (name: Identifier, arguments: Substring)? {
    var text = self.text[...]
    for word in ["{", "\"name\"", ":", "\""] where !self.take(word, from: &text) { return nil }
    guard let nameEnd = text.utf8.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
    let name = text[..<nameEnd]
    text = text[nameEnd...]
    for word in ["\"", ",", "\"arguments\"", ":"] where !self.take(word, from: &text) { return nil }
    var object = text
    guard self.take("{", from: &object) else { return nil }
    return (Identifier(String(name)), text.utf8.drop { $0.isWhiteSpace }.text)
  }

  /// Takes a word and the white space before it. If another text is there, this is no call.
  private mutating func take(_ word: String, from text: inout Substring) -> Bool {
    let rest = text.utf8.drop { $0.isWhiteSpace }
    if rest.starts(with: word.utf8) {
      text = rest.dropFirst(word.utf8.count).text
      return true
    }
    if !word.utf8.starts(with: rest) { self.isInvalid = true }
    return false
  }

  /// The part of a text that belongs to the arguments.
  private mutating func takeArguments(_ text: Substring) -> String {
    for index in text.utf8.indices {
      if self.isWhole { return String(text[..<index]) }
      self.read(text.utf8[index])
    }
    return String(text)
  }

  private mutating func read(_ byte: UInt8) {
    if self.isInString {
      if byte == UInt8(ascii: "\"") && !self.isEscaped { self.isInString = false }
      self.isEscaped = byte == UInt8(ascii: "\\") && !self.isEscaped
      return
    }
    switch byte {
    case UInt8(ascii: "\""): self.isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): self.depth = (self.depth ?? 0) + 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"): self.depth = (self.depth ?? 0) - 1
    default: break
    }
  }
}

extension UInt8 {
  fileprivate var isWhiteSpace: Bool {
    switch self {
    case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): true
    default: false
    }
  }
}

extension Substring.UTF8View {
  fileprivate var text: Substring { Substring(self) }
}
