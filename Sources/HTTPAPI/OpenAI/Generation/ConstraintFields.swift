internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import TokenwireAPI

extension Field where Request: OpenAIRequest {
  /// What the text must match, by the names of llama.cpp's and vLLM's servers.
  static var constraintFields: [Field] {
    [
      .grammar("grammar", "A grammar in llama.cpp's GBNF."),
      .grammar("guided_grammar", "As `grammar`."),
      .jsonSchema("json_schema", "A JSON schema, as in llama.cpp's server."),
      .jsonSchema("guided_json", "As `json_schema`."),
      Field(
        "structured_outputs",
        StructuredOutputs.form.schema,
        "What the text must match, as in vLLM."
      ) { request, place throws(HTTPFailure) in
        let outputs = try StructuredOutputs.form.read(place, as: StructuredOutputs())
        if let constraint = outputs.constraint { try request.constrain(constraint, place) }
      },
      .refused("guided_regex", "use a JSON schema with a pattern, or a grammar"),
      .refused("guided_choice", "use a JSON schema with enum, or a grammar"),
    ]
  }

  /// The format of the text, as in OpenAI's chat completions.
  static var responseFormat: Field {
    Field(
      "response_format",
      ResponseFormat.schema,
      "`json_schema` with its schema in `json_schema.schema` or in `schema`, `json_object` or `text`."
    ) { request, place throws(HTTPFailure) in
      if let constraint = try ResponseFormat.constraint(place) {
        try request.constrain(constraint, place)
      }
    }
  }

  private static func grammar(_ name: Identifier, _ summary: String) -> Field {
    Field(name, .string, summary) { request, place throws(HTTPFailure) in
      try request.constrain(.grammar(try place.string()), place)
    }
  }

  private static func jsonSchema(_ name: Identifier, _ summary: String) -> Field {
    Field(name, .oneOf([.map(.anything), .string]), summary) { request, place throws(HTTPFailure) in
      try request.constrain(.jsonSchema(try place.jsonSchema()), place)
    }
  }
}

/// vLLM's `structured_outputs`.
private struct StructuredOutputs {
  var constraint: GenerateRequest.Constraint?

  static let form = ObjectForm<StructuredOutputs>([
    Field("json", .oneOf([.map(.anything), .string]), "A JSON schema.") {
      outputs,
      place throws(HTTPFailure) in
      outputs.constraint = .jsonSchema(try place.jsonSchema())
    },
    Field("json_object", .boolean, "Whether the text is any JSON object.") {
      outputs,
      place throws(HTTPFailure) in
      if try place.bool() { outputs.constraint = .jsonSchema(ResponseFormat.anyObject) }
    },
    Field("grammar", .string, "A grammar in llama.cpp's GBNF.") {
      outputs,
      place throws(HTTPFailure) in
      outputs.constraint = .grammar(try place.string())
    },
    .refused("regex", "use a JSON schema with a pattern, or a grammar"),
    .refused("choice", "use a JSON schema with enum, or a grammar"),
    .refused("structural_tag", "use a JSON schema or a grammar"),
  ])
}

/// The format of a text, as OpenAI's APIs have it.
enum ResponseFormat {
  /// The schema of any JSON object.
  static let anyObject = #"{"type":"object","additionalProperties":true}"#

  static let schema = Schema.object(
    [
      ("type", .choice(["text", "json_object", "json_schema"])),
      ("json_schema", .object([("schema", .map(.anything))])),
      ("schema", .map(.anything)),
    ],
    required: ["type"]
  )

  /// - Returns: nil for text as it comes.
  static func constraint(_ place: Place) throws(HTTPFailure) -> GenerateRequest.Constraint? {
    guard let type = try place.member("type") else {
      throw .invalid("\(place.path).type is required", parameter: "\(place.path).type")
    }
    switch try type.choice(of: ["text", "json_object", "json_schema"]) {
    case "text": return nil
    case "json_object":
      // Beside this type, llama.cpp's server takes a schema.
      let schema = try place.member("schema")
      return .jsonSchema(try schema?.jsonSchema() ?? Self.anyObject)
    default:
      let nested = try place.member("json_schema")
      if let schema = try nested?.member("schema") { return .jsonSchema(try schema.jsonSchema()) }
      if let schema = try place.member("schema") { return .jsonSchema(try schema.jsonSchema()) }
      let path = "\((nested ?? place).path).schema"
      throw .invalid("\(path) is required", parameter: path)
    }
  }
}

extension Place {
  /// A JSON schema, as JSON or as its text.
  fileprivate func jsonSchema() throws(HTTPFailure) -> String {
    switch self.value {
    case .object, .bool: return self.json
    case .string(let text): return text.text
    default: throw self.mismatch("a JSON schema")
    }
  }
}
