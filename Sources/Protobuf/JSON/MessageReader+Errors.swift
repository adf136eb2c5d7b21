internal import Identifiers
internal import JSON

/// Errors, which name the path of the value.
extension MessageReader {
  /// A part of the path to a value.
  enum Step {
    case field(String)
    case element(Int)
    case key(String)
  }

  /// The path to the current value, such as "messages.messages[2].role".
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

  /// - Parameter expected: what the next value must be, such as "a string".
  mutating func expect(
    _ type: JSONType,
    _ expected: @autoclosure () -> String
  ) throws(MessageError) {
    guard try self.type() == type else { throw try self.mismatch(expected()) }
  }

  /// The error when the next value has the wrong type.
  mutating func mismatch(_ expected: String) throws(MessageError) -> MessageError {
    self.wrong(try self.source(), expected)
  }

  /// - Parameter source: the value as it is in the source.
  func wrong(_ source: ArraySlice<UInt8>, _ expected: String) -> MessageError {
    // A secret must not get into a log.
    guard self.secrets == 0 else { return MessageError("\(self.place) must be \(expected)") }
    return MessageError("\(self.place) is \(Self.words(for: source)), but must be \(expected)")
  }

  func unknown(_ name: String, of fields: [MessageField]) -> MessageError {
    // A long name is not a typo, and comparing it is slow.
    let isName = name.utf8.count <= Self.longest
    let meant = (isName ? name.mostSimilar(of: fields.map(\.name)) : nil)
      .map { ": did you mean \($0)?" }
    return MessageError(
      "\(self.place) has no field \"\(Self.shortened(name))\"\(meant ?? "")"
    )
  }

  /// A string value as it is in the source.
  static func string(_ source: ArraySlice<UInt8>) throws(MessageError) -> String {
    var string = MessageReader(Array(source))
    return try string.scan { json throws(JSONError) in try json.string() }
  }

  /// In bytes: longer values make an error message unreadable.
  private static let longest = 40

  /// A value in an error message: short ones as they are in the source.
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
