internal import JSON

extension Grammar {
  static let schemaLimits = JSONLimits(depth: 64, members: 512)
  static let maximumSchemaSize = 128 * 1024

  /// A grammar of JSON texts that are valid by a JSON schema (draft 2020-12), or by the part of
  /// one that docs/generation.md describes.
  ///
  /// - Throws: `SchemaError` when it is no schema, or has something that is not supported, by name.
  public init(jsonSchema text: String) throws(SchemaError) {
    let gbnf = try SchemaConverter.gbnf(of: text)
    do {
      try self.init(gbnf: gbnf)
    } catch {
      throw SchemaError(error.message)
    }
  }
}

/// Writes a JSON schema as the grammar of the texts that are valid by it.
struct SchemaConverter {
  private let document: JSONValue
  /// Rules by name, in the order in which they were begun.
  private var rules: [(name: String, body: String)] = []
  /// The rules of the schemas that `$ref` names.
  private var references: [String: String] = [:]
  /// How many rules have been written for each name, which numbers make different.
  private var nameCounts: [String: Int] = [:]

  /// Schemas within schemas at hand, and all that there have been: merged ones may multiply.
  private var depth = 0
  private var count = 0
  static let maximumDepth = 128
  private static let maximumCount = 20_000

  /// - Returns: GBNF, whose rule "root" is the schema.
  static func gbnf(of text: String) throws(SchemaError) -> String {
    guard text.utf8.count <= Grammar.maximumSchemaSize else {
      throw SchemaError(
        "it has \(text.utf8.count) bytes, but at most \(Grammar.maximumSchemaSize) are allowed"
      )
    }
    let document: JSONValue
    do {
      document = try JSONValue(text, limits: Grammar.schemaLimits)
    } catch {
      throw SchemaError("it is no JSON: \(error)")
    }
    var converter = SchemaConverter(document: document)
    let root = try converter.expression(for: document, at: SchemaPath())
    return (["root ::= \(root)"] + converter.rules.map { "\($0.name) ::= \($0.body)" })
      .joined(separator: "\n") + "\n"
  }

  private init(document: JSONValue) {
    self.document = document
  }

  /// An expression for the texts of a schema: one item, so that it can be repeated.
  mutating func expression(
    for value: JSONValue,
    at path: SchemaPath
  ) throws(SchemaError) -> String {
    switch value {
    case .bool(true): return self.anyValue
    case .bool(false): return "[]"
    case .object(let members):
      return try self.expression(for: Schema(path: path, keywords: members))
    default:
      throw SchemaError("the schema", at: path, "must be an object, true or false")
    }
  }

  mutating func expression(for schema: Schema) throws(SchemaError) -> String {
    try self.countSchema(at: schema.path)
    self.depth += 1
    defer { self.depth -= 1 }
    guard self.depth <= Self.maximumDepth else {
      throw SchemaError("the schema", at: schema.path, "refers to itself without end")
    }
    if schema.has("$ref"), schema.keywords.count == 1 { return try self.reference(in: schema) }
    for keyword in ["$ref", "allOf"] where schema.has(keyword) {
      return try self.expression(for: try self.merged(schema))
    }
    for keyword in ["anyOf", "oneOf"] where schema.has(keyword) {
      return try self.alternatives(keyword, of: schema)
    }
    if let value = schema["const"] {
      return try self.values([value], of: schema.without("const"))
    }
    if let values = try schema.array("enum") {
      return try self.values(values, of: schema.without("enum"))
    }
    let expressions = try schema.types().map { type throws(SchemaError) in
      try self.expression(for: schema, of: type)
    }
    return expressions.isEmpty ? self.anyValue : GBNF.choice(expressions)
  }

  mutating func countSchema(at path: SchemaPath) throws(SchemaError) {
    self.count += 1
    guard self.count <= Self.maximumCount else {
      throw SchemaError(
        "the schema",
        at: path,
        "is too large: with its references written out it has more than \(Self.maximumCount) parts"
      )
    }
  }

  /// The base schema beside the alternatives belongs to each of them.
  private mutating func alternatives(
    _ keyword: String,
    of schema: Schema
  ) throws(SchemaError) -> String {
    let base = schema.without(keyword)
    var expressions: [String] = []
    for (index, choice) in (try schema.array(keyword) ?? []).enumerated() {
      let path = schema.path.appending(keyword).appending("\(index)")
      guard !base.keywords.isEmpty else {
        expressions.append(try self.expression(for: choice, at: path))
        continue
      }
      let both = base.with("allOf", .array([choice]))
      expressions.append(try self.expression(for: both))
    }
    guard !expressions.isEmpty else {
      throw SchemaError("\"\(keyword)\"", at: schema.path, "is empty")
    }
    return GBNF.choice(expressions)
  }

  /// Given values, as far as the rest of their schema allows them; of that only the type is looked
  /// at.
  private func values(_ values: [JSONValue], of schema: Schema) throws(SchemaError) -> String {
    try schema.allowOnly(["type"])
    let types = try schema.types()
    let allowed = values.filter { value in
      types.isEmpty || types.contains(value.type)
        || (value.type == "integer" && types.contains("number"))
    }
    guard !allowed.isEmpty else {
      throw SchemaError("the values", at: schema.path, "are none that the type allows")
    }
    return GBNF.choice(allowed.map { GBNF.literal(GBNF.json($0)) })
  }

  private mutating func expression(
    for schema: Schema,
    of type: String
  ) throws(SchemaError) -> String {
    switch type {
    case "object": try self.object(schema)
    case "array": try self.array(schema)
    case "string": try self.string(schema)
    case "integer": try Self.integer(schema)
    case "number": try Self.number(schema)
    case "boolean": "(\"true\" | \"false\")"
    default: "\"null\""
    }
  }
}

/// Rules.
extension SchemaConverter {
  /// Where `$ref` leads is a rule of its own, so that it may lead to itself.
  private mutating func reference(in schema: Schema) throws(SchemaError) -> String {
    let (pointer, target) = try self.target(of: schema)
    if let known = self.references[pointer] { return known }
    let name = self.newName("ref")
    self.references[pointer] = name
    let path = pointer.split(separator: "/").reduce(SchemaPath()) { $0.appending(String($1)) }
    self.add(name, try self.expression(for: target, at: path))
    return name
  }

  /// What a `$ref` of this document leads to.
  func target(of schema: Schema) throws(SchemaError) -> (pointer: String, JSONValue) {
    let reference = try schema.string("$ref") ?? ""
    guard reference == "#" || reference.hasPrefix("#/") else {
      throw SchemaError(
        "the \"$ref\" \"\(reference)\"",
        at: schema.path,
        "is not supported: only those are that begin with \"#/\""
      )
    }
    var target = self.document
    for part in reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false)
    where reference != "#" {
      let name = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
      guard let next = target.child(name) else {
        throw SchemaError("the \"$ref\" \"\(reference)\"", at: schema.path, "leads nowhere")
      }
      target = next
    }
    return (String(reference.dropFirst(1)), target)
  }

  /// A name that no other rule has.
  mutating func newName(_ name: String) -> String {
    self.nameCounts[name, default: 0] += 1
    return "\(name)-\(self.nameCounts[name, default: 0])"
  }

  mutating func add(_ name: String, _ body: String) {
    self.rules.append((name, body))
  }

  /// The name of a rule that is there at most once.
  mutating func shared(_ name: String, _ body: String) -> String {
    if self.nameCounts[name] == nil {
      self.nameCounts[name] = 0
      self.rules.append((name, body))
    }
    return name
  }

  /// White space, of which there is little, so that a model does not lose itself in it.
  var space: String {
    mutating get { self.shared("space", #"( " " | "\n" [ ]{0,20} )?"#) }
  }

  /// Any JSON value.
  var anyValue: String {
    mutating get {
      let (space, string, number) = (self.space, self.anyString, self.anyNumber)
      let list = { (item: String) in "( \(item) ( \",\" \(space) \(item) )* )?" }
      return self.shared(
        "value",
        "\"{\" \(space) \(list("\(string) \":\" \(space) value \(space)")) \"}\" | "
          + "\"[\" \(space) \(list("value \(space)")) \"]\" | "
          + "\(string) | \(number) | \"true\" | \"false\" | \"null\""
      )
    }
  }

  var anyString: String {
    mutating get { self.shared("string", "\"\\\"\" \(self.character)* \"\\\"\"") }
  }

  /// One character of a JSON string, escaped or not. Not half of a surrogate pair.
  var character: String {
    mutating get {
      self.shared(
        "character",
        GBNF.characterClass(GBNF.plain)
          + #" | "\\" ( ["\\/bfnrt] | "u" ( [0-9A-CEFa-cef] [0-9A-Fa-f]{3} | "#
          + #"[Dd] [0-7] [0-9A-Fa-f]{2} | "#
          + #"[Dd] [89ABab] [0-9A-Fa-f]{2} "\\u" [Dd] [C-Fc-f] [0-9A-Fa-f]{2} ) )"#
      )
    }
  }

  var anyNumber: String {
    mutating get { self.shared("number", NumberGrammar.number) }
  }
}

extension JSONValue {
  fileprivate func child(_ name: String) -> JSONValue? {
    switch self {
    case .object(let members): members.first { $0.name == name }?.value
    case .array(let elements):
      Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
    default: nil
    }
  }
}
