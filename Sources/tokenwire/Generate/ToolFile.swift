import JSON
import TokenwireAPI

/// A JSON array of tools, each as OpenAI's APIs have it,
/// `{"type": "function", "function": {"name": ..., "description": ..., "parameters": {...}}}`, or
/// with these members alone.
enum ToolFile {
  /// - Throws: `CommandFailure`, with the place of what is wrong.
  static func tools(in path: String) throws -> [Tool] {
    let name = path == "-" ? "standard input" : path
    let text = try InputText.file(path, "tools")
    var reader = ToolReader(text)
    do {
      return try reader.tools()
    } catch let error as JSONError {
      throw CommandFailure("The tools in \(name) are not JSON: \(error.text(in: Array(text.utf8)))")
    } catch let error as ToolError {
      throw CommandFailure("The tools in \(name): \(error.place) \(error.problem)")
    }
  }
}

/// What is wrong with a tool, and where, such as `[0].function.name`.
private struct ToolError: Error {
  var place: String
  var problem: String
}

private struct ToolReader {
  private var json: JSONReader

  init(_ text: String) {
    self.json = JSONReader(Array(text.utf8), limits: JSONLimits(depth: 128, members: 1 << 20))
  }

  mutating func tools() throws -> [Tool] {
    guard try self.json.nextType() == .array else {
      throw ToolError(place: "they", problem: "must be an array of tools")
    }
    var tools: [Tool] = []
    try self.json.beginArray()
    while try self.json.nextElement() {
      tools.append(try self.tool("[\(tools.count)]", isFunction: false))
    }
    try self.json.end()
    return tools
  }

  /// - Parameter isFunction: whether it is the `function` of a tool.
  private mutating func tool(_ place: String, isFunction: Bool) throws -> Tool {
    try self.require(.object, "an object", place)
    var tool = Tool()
    var own: String?
    var function: Tool?
    try self.json.beginObject()
    while let member = try self.json.nextName() {
      let place = "\(place).\(member.text)"
      switch member {
      case "type" where !isFunction:
        guard try self.text(place).utf8.elementsEqual("function".utf8) else {
          throw ToolError(place: place, problem: "must be \"function\"")
        }
        continue
      case "function" where !isFunction:
        function = try self.tool(place, isFunction: true)
        continue
      case "name": tool.name = try self.text(place)
      case "description": tool.description = try self.text(place)
      case "parameters":
        try self.require(.object, "an object, a JSON schema", place)
        let range = try self.json.skippedValue()
        tool.parameters = String(decoding: self.json.bytes[range], as: UTF8.self)
      case "strict":
        // Arguments are always held to their schema.
        try self.require(.bool, "true or false", place)
        try self.json.skip()
      default:
        throw ToolError(
          place: place,
          problem: "is not known: a tool has name, description and parameters"
        )
      }
      own = place
    }
    if let function {
      if let own { throw ToolError(place: own, problem: "is beside function: give it there") }
      return function
    }
    if tool.name.isEmpty { throw ToolError(place: "\(place).name", problem: "is missing") }
    return tool
  }

  private mutating func text(_ place: String) throws -> String {
    try self.require(.string, "a text", place)
    return try self.json.string()
  }

  private mutating func require(_ type: JSONType, _ words: String, _ place: String) throws {
    guard try self.json.nextType() == type else {
      throw ToolError(place: place, problem: "must be \(words)")
    }
  }
}
