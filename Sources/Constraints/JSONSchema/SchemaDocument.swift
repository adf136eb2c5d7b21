internal import Identifiers
internal import JSON

/// A schema as given: its values by number, in the order of the text.
struct SchemaDocument {
  typealias Number = Int32
  typealias Identity = Int32

  enum Value {
    case null
    case bool(Bool)
    case number(Decimal)
    case string(Identifier)
    case array([Number])
    case object([(name: Identifier, value: Number)])
  }

  private enum Step {
    case root
    case member(Identifier, of: Number)
    case element(Int, of: Number)
  }

  private(set) var values: [Value] = []
  private var steps: [Step] = []
  /// The members of large objects by name.
  private var lookups: [Number: [Identifier: Number]] = [:]
  /// The identity of each value: equal values have the same.
  private var identities: [Number: Identity] = [:]
  private var identitiesOfKeys: [[UInt8]: Identity] = [:]
  /// Schemas by their `$anchor`, or by an `$id` that is only a fragment (draft 07).
  private(set) var anchors: [Identifier: Number] = [:]
  /// Schemas with their own `$id`, which references in them are relative to.
  private var resources: Set<Number> = []

  static let limits = JSONLimits(depth: 128, members: .max)
  static let maximumSize = 128 * 1024

  init(_ text: String) throws(SchemaError) {
    guard text.utf8.count <= Self.maximumSize else {
      throw SchemaError(
        "it has \(text.utf8.count) bytes, but at most \(Self.maximumSize) are allowed"
      )
    }
    do {
      self.add(try JSONValue(text, limits: Self.limits), .root)
    } catch {
      throw SchemaError("it is not JSON: \(error)")
    }
  }

  /// Goes as deep as the text is nested, which `limits` bounds.
  @discardableResult
  private mutating func add(_ value: JSONValue, _ step: Step) -> Number {
    let number = Number(self.values.count)
    self.values.append(.null)
    self.steps.append(step)
    switch value {
    case .null: break
    case .bool(let bool): self.values[Int(number)] = .bool(bool)
    case .number(let text): self.values[Int(number)] = .number(Decimal(text))
    case .string(let text): self.values[Int(number)] = .string(text)
    case .array(let elements):
      let numbers = elements.enumerated().map {
        self.add($0.element, .element($0.offset, of: number))
      }
      self.values[Int(number)] = .array(numbers)
    case .object(let members):
      let numbers = members.map { ($0.name, self.add($0.value, .member($0.name, of: number))) }
      self.values[Int(number)] = .object(numbers)
      if numbers.count > 8 {
        self.lookups[number] = Dictionary(numbers) { first, _ in first }
      }
      self.noteIdentity(of: number)
    }
    return number
  }

  /// Adds a value that is not in the text.
  mutating func add(_ value: JSONValue) -> Number { self.add(value, .root) }

  subscript(_ number: Number) -> Value { self.values[Int(number)] }

  func member(_ name: Identifier, of number: Number) -> Number? {
    guard case .object(let members) = self[number] else { return nil }
    if members.count > 8 { return self.lookups[number]?[name] }
    return members.first { $0.name == name }?.value
  }

  /// Where a value is: a JSON pointer (RFC 6901), or "the top".
  func path(_ number: Number) -> String {
    var parts: [String] = []
    var number = number
    while true {
      switch self.steps[Int(number)] {
      case .root:
        return parts.isEmpty ? "the top" : parts.reversed().map { "/" + $0 }.joined()
      case .member(let name, let parent):
        parts.append(
          name.text.replacing("~", with: "~0").replacing("/", with: "~1").abbreviated
        )
        number = parent
      case .element(let index, let parent):
        parts.append("\(index)")
        number = parent
      }
    }
  }

  private func parent(of number: Number) -> Number? {
    switch self.steps[Int(number)] {
    case .root: nil
    case .member(_, let parent), .element(_, let parent): parent
    }
  }
}

/// References.
extension SchemaDocument {
  private mutating func noteIdentity(of number: Number) {
    if let anchor = self.member("$anchor", of: number), case .string(let name) = self[anchor] {
      self.anchors[name] = self.anchors[name] ?? number
    }
    for keyword in ["$id", "id"] as [Identifier] {
      guard let id = self.member(keyword, of: number), case .string(let name) = self[id] else {
        continue
      }
      if name.utf8.first == UInt8(ascii: "#") {
        let name = Identifier(String(name.text.unicodeScalars.dropFirst()))
        self.anchors[name] = self.anchors[name] ?? number
      } else if keyword == "$id" {
        self.resources.insert(number)
      }
    }
  }

  /// The target of a `$ref`.
  ///
  /// - Throws: `ReferenceError` when there is none.
  func target(of reference: Identifier, from schema: Number) throws(ReferenceError) -> Number {
    var text = Array(reference.utf8)
    if let id = self.member("$id", of: 0), case .string(let name) = self[id], !name.isEmpty,
      text.starts(with: name.utf8), text.count == name.utf8.count || text[name.utf8.count] == 0x23
    {
      text.removeFirst(name.utf8.count)
      if text.isEmpty { return 0 }
      text = Array("#".utf8) + text.dropFirst()
      return try self.target(ofFragment: text, in: 0)
    }
    return try self.target(ofFragment: text, in: self.resource(of: schema))
  }

  /// - Parameter resource: the schema that pointers are relative to.
  private func target(
    ofFragment text: [UInt8],
    in resource: Number
  ) throws(ReferenceError) -> Number {
    guard text.first == UInt8(ascii: "#") else {
      throw ReferenceError("is not supported: it must begin with \"#\"")
    }
    let fragment = try Self.decoded(text.dropFirst())
    if fragment.isEmpty { return resource }
    guard fragment.first == UInt8(ascii: "/") else {
      guard let found = self.anchors[Identifier(String(decoding: fragment, as: UTF8.self))] else {
        throw ReferenceError("leads nowhere: no schema has that \"$anchor\"")
      }
      return found
    }
    var target = resource
    let parts = try fragment.dropFirst()
      .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { part throws(ReferenceError) in try Self.unescaped(part) }
    for part in parts {
      guard let next = self.child(part, of: target) else {
        throw ReferenceError("leads nowhere")
      }
      target = next
    }
    return target
  }

  private func resource(of schema: Number) -> Number {
    var number = schema
    while !self.resources.contains(number), let parent = self.parent(of: number) { number = parent }
    return self.resources.contains(number) ? number : 0
  }

  private func child(_ name: [UInt8], of number: Number) -> Number? {
    switch self[number] {
    case .object:
      return self.member(Identifier(String(decoding: name, as: UTF8.self)), of: number)
    case .array(let elements):
      // No leading zeros, no sign (RFC 6901 section 4).
      guard
        name.allSatisfy({ UInt8(ascii: "0") ... UInt8(ascii: "9") ~= $0 }),
        name.count == 1 || name.first != UInt8(ascii: "0"),
        let index = Int(String(decoding: name, as: UTF8.self)), elements.indices.contains(index)
      else { return nil }
      return elements[index]
    default: return nil
    }
  }

  /// RFC 3986 section 2.1.
  private static func decoded(_ text: ArraySlice<UInt8>) throws(ReferenceError) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        result.append(byte)
        continue
      }
      let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
      guard digits.count == 2 else {
        throw ReferenceError("has a \"%\" without two hexadecimal digits; write \"%25\" for it")
      }
      result.append(UInt8(digits[0] << 4 | digits[1]))
      rest = rest.dropFirst(2)
    }
    guard String(validating: result, as: UTF8.self) != nil else {
      throw ReferenceError("is not UTF-8 after its \"%\"")
    }
    return result
  }

  /// RFC 6901 section 4.
  private static func unescaped(_ text: ArraySlice<UInt8>) throws(ReferenceError) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "~") else {
        result.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "0"): result.append(UInt8(ascii: "~"))
      case UInt8(ascii: "1"): result.append(UInt8(ascii: "/"))
      default: throw ReferenceError("has a \"~\" without 0 or 1; write \"~0\" for it")
      }
    }
    return result
  }
}

/// Why a `$ref` leads nowhere.
struct ReferenceError: Error {
  /// The text after the reference in a sentence.
  var reason: String

  init(_ reason: String) { self.reason = reason }
}

/// Values.
extension SchemaDocument {
  /// The same for equal values: numbers by value, objects regardless of the order of members. Each
  /// is computed once, from those of its parts, so all of them cost no more than reading the text.
  ///
  /// Goes as deep as the text is nested, which `limits` bounds.
  mutating func identity(of number: Number) -> Identity {
    if let known = self.identities[number] { return known }
    let key = self.key(of: number)
    let identity = self.identitiesOfKeys[key] ?? Identity(self.identitiesOfKeys.count)
    self.identitiesOfKeys[key] = identity
    self.identities[number] = identity
    return identity
  }

  private mutating func key(of number: Number) -> [UInt8] {
    var key: [UInt8] = []
    switch self[number] {
    case .null: key += "n".utf8
    case .bool(let bool): key += (bool ? "t" : "f").utf8
    case .number(let decimal): key += "#\(decimal.canonical);".utf8
    case .string(let text): Self.append(text, to: &key)
    case .array(let elements):
      key += "[".utf8
      for element in elements { self.appendIdentity(of: element, to: &key) }
    case .object(let members):
      key += "{".utf8
      for member in members.sorted(by: { $0.name < $1.name }) {
        Self.append(member.name, to: &key)
        self.appendIdentity(of: member.value, to: &key)
      }
    }
    return key
  }

  private mutating func appendIdentity(of number: Number, to key: inout [UInt8]) {
    withUnsafeBytes(of: self.identity(of: number)) { key += $0 }
  }

  private static func append(_ text: Identifier, to key: inout [UInt8]) {
    key += "\"\(text.utf8.count):".utf8
    key += text.utf8
  }

  /// A value as JSON without white space.
  func text(of number: Number) -> [UInt8] {
    var text: [UInt8] = []
    self.appendText(of: number, to: &text)
    return text
  }

  private func appendText(of number: Number, to text: inout [UInt8]) {
    switch self[number] {
    case .null: text += "null".utf8
    case .bool(let bool): text += "\(bool)".utf8
    case .number(let decimal): text += decimal.text.utf8
    case .string(let string): text += JSONText.string(string)
    case .array(let elements):
      text.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        self.appendText(of: element, to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .object(let members):
      text.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        text += JSONText.string(member.name)
        text.append(UInt8(ascii: ":"))
        self.appendText(of: member.value, to: &text)
      }
      text.append(UInt8(ascii: "}"))
    }
  }
}

extension String {
  /// Shortened for messages: names may be as long as a schema.
  var abbreviated: String {
    self.unicodeScalars.count <= 80
      ? self : String(String.UnicodeScalarView(self.unicodeScalars.prefix(60))) + "…"
  }
}
