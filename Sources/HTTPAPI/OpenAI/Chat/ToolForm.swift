internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import TokenwireAPI

/// The functions that a model may call, as chat completions and responses have them.
enum ToolForm {
  static let schema = Schema.object(
    [("type", .choice(["function"])), ("function", function.schema)],
    required: ["type", "function"]
  )

  static let choiceSchema = Schema.oneOf([
    .choice(["none", "auto", "required"]),
    .object(
      [("type", .choice(["function"])), ("function", .object([("name", .string)]))],
      required: ["type"]
    ),
  ])

  /// The function's description; in responses beside `type`.
  static let function = ObjectForm<Tool>(
    [
      Field("name", .string, "Its name.") { tool, place throws(HTTPFailure) in
        tool.name = try place.string()
      },
      Field("description", .string, "For the model: what it does.") {
        tool,
        place throws(HTTPFailure) in
        tool.description = try place.string()
      },
      Field("parameters", .map(.anything), "The JSON schema of its arguments.") {
        tool,
        place throws(HTTPFailure) in
        guard case .object(let members) = place.value else { throw place.mismatch("an object") }
        // Clients write {} for a function without parameters.
        tool.parameters = members.isEmpty ? "" : place.json
      },
      Field(
        "strict",
        .boolean,
        "Of models elsewhere: whether arguments must match their schema, where the server knows it. Those of models here always do."
      ) { tool, place throws(HTTPFailure) in
        tool.strict = try place.bool()
      },
    ],
    required: ["name"]
  )

  /// A tool of chat completions.
  static func tool(_ place: Place) throws(HTTPFailure) -> Tool {
    try Self.checkType(place)
    return try Self.function.read(try Self.required("function", of: place), as: Tool())
  }

  /// A tool of responses, whose members are beside its type.
  static func flatTool(_ place: Place) throws(HTTPFailure) -> Tool {
    try Self.checkType(place)
    return try Self.function.read(place, as: Tool())
  }

  /// Which tools are called, as chat completions or responses have it.
  static func choice(_ place: Place) throws(HTTPFailure) -> ToolChoice {
    guard case .object = place.value else {
      switch try place.choice(of: ["none", "auto", "required"]) {
      case "none": return ToolChoice(mode: .none)
      case "required": return ToolChoice(mode: .required)
      default: return ToolChoice(mode: .auto)
      }
    }
    try Self.checkType(place)
    let function = try place.member("function") ?? place
    let name = try Self.required("name", of: function)
    return ToolChoice(mode: .required, name: try name.string())
  }

  private static func checkType(_ place: Place) throws(HTTPFailure) {
    let type = try Self.required("type", of: place)
    let name = try type.string()
    guard Identifier(name) == "function" else {
      throw type.wrong(
        "is \"\(name.beginning)\", but this server knows tools of \"function\" alone"
      )
    }
  }

  private static func required(
    _ name: Identifier,
    of place: Place
  ) throws(HTTPFailure) -> Place {
    guard let member = try place.member(name) else {
      throw .invalid("\(place.path).\(name) is required", parameter: "\(place.path).\(name)")
    }
    return member
  }
}
