internal import Identifiers
internal import JSON

/// What is wrong, and where.
extension MessageReader {
  /// A part of the way to a value.
  enum Step {
    case field(String)
    case element(Int)
    case key(String)
  }

  /// The way to the value that is read, such as "messages.messages[2].role".
  var place: String {
    guard !self.path.isEmpty else { return "the message" }
    var place = ""
    for step in self.path {
      switch step {
      case .field(let name): place += place.isEmpty ? name : ".\(name)"
      case .element(let index): place += "[\(index)]"
      case .key(let key): place += "[\"\(Self.shortened(key))\"]"
      }
    }
    return place
  }

  /// - Parameter expected: what the next value must be, in words.
  mutating func expect(_ type: JSONType, _ expected: String) throws(MessageError) {
    guard try self.type() == type else { throw try self.mismatch(expected) }
  }

  /// The error for the next value, which is of the wrong type.
  mutating func mismatch(_ expected: String) throws(MessageError) -> MessageError {
    self.wrong(try self.source(), expected)
  }

  /// - Parameter source: the value, as it is written.
  func wrong(_ source: ArraySlice<UInt8>, _ expected: String) -> MessageError {
    // Nothing of a secret may get into a log.
    guard self.secrets == 0 else { return MessageError("\(self.place) must be \(expected)") }
    return MessageError("\(self.place) is \(Self.words(for: source)), but must be \(expected)")
  }

  func unknown(_ name: String, of fields: [MessageField]) -> MessageError {
    // A long one was not misspelt, and would take long to compare.
    let isName = name.utf8.count <= Self.longest
    let meant = (isName ? name.mostSimilar(of: fields.map(\.name)) : nil)
      .map { ": did you mean \($0)?" }
    return MessageError(
      "\(self.place) has no field \"\(Self.shortened(name))\"\(meant ?? "")"
    )
  }

  /// The string that a value is, as it is written.
  static func string(_ source: ArraySlice<UInt8>) throws(MessageError) -> String {
    var string = MessageReader(Array(source))
    return try string.scan { json throws(JSONError) in try json.string() }
  }

  /// In bytes: nobody reads longer ones in a sentence.
  private static let longest = 40

  /// A value in a sentence: small ones as they are written.
  private static func words(for source: ArraySlice<UInt8>) -> String {
    switch source.first {
    case UInt8(ascii: "{"): return "an object"
    case UInt8(ascii: "["): return "an array"
    case let first where source.count > self.longest:
      return first == UInt8(ascii: "\"") ? "a long string" : "a long number"
    default: return String(decoding: source, as: UTF8.self)
    }
  }

  private static func shortened(_ name: String) -> String {
    guard name.utf8.count > self.longest else { return name }
    var short = ""
    for character in name.unicodeScalars {
      guard short.utf8.count + UTF8.width(character) <= self.longest else { break }
      short.unicodeScalars.append(character)
    }
    return short + "..."
  }
}
