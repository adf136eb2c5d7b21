internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import NIOCore
internal import NIOHTTP1
internal import RPC
internal import TokenwireAPI

extension HTTPAPI {
  /// `GET /v1/models`.
  var listOpenAIModels: Operation {
    Operation(
      Route(.GET, "/v1/models") { request throws(HTTPFailure) in
        self.listModels(request, ModelList())
      },
      "The models of the server.",
      response: ResponseDescription(
        schema: .object(
          [("object", .choice(["list"])), ("data", .array(Self.model))],
          required: ["object", "data"]
        )
      )
    )
  }

  /// `GET /v1/models/{id}`.
  var openAIModel: Operation {
    Operation(
      Route(.GET, "/v1/models/{id}") { request throws(HTTPFailure) in
        self.listModels(request, ModelWithID(id: Identifier(request.parameter)))
      },
      "One of the models.",
      response: ResponseDescription(schema: Self.model)
    )
  }

  /// An answer made of `ListModels`.
  private func listModels(_ request: HTTPRequest, _ writer: any AnswerWriter) -> Answer {
    let call = self.call(
      TokenwireMethod.listModels,
      ListModelsRequest(),
      for: request,
      accessToken: self.openAIAccessToken(request)
    )
    return .calls([call], writer)
  }

  private static let model = Schema.object(
    [
      ("id", .string), ("object", .choice(["model"])), ("created", .integer()),
      ("owned_by", .string), ("context_length", .integer()), ("max_model_len", .integer()),
    ],
    required: ["id", "object", "created", "owned_by"]
  )
}

/// Answers all models.
private struct ModelList: AnswerWriter {
  private var models: [Model] = []

  var endsWithClient: Bool { false }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    self.models = try ListModelsResponse(response: message).models
  }

  func finish(to body: inout ByteBuffer) {
    var list = ByteBuffer { json in
      json.member("object", "list")
      json.begin("data")
      json.beginArray()
      for model in self.models {
        json.beginElement()
        json.beginObject()
        model.write(to: &json)
        json.end()
      }
      json.endArray()
    }
    body.writeBuffer(&list)
  }
}

/// Answers one model.
private struct ModelWithID: AnswerWriter {
  let id: Identifier
  private var models: [Model] = []

  init(id: Identifier) {
    self.id = id
  }

  var endsWithClient: Bool { false }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    self.models = try ListModelsResponse(response: message).models
  }

  func finish(to body: inout ByteBuffer) throws(HTTPFailure) {
    guard let model = self.models.first(where: { Identifier($0.id) == self.id }) else {
      let known = self.models.map { "\"\($0.id)\"" }.joined(separator: ", ")
      throw HTTPFailure(
        CallError(
          .notFound,
          "model \"\(self.id.text.beginning)\" is not known here; known: \(known)",
          reason: .modelNotFound
        )
      )
    }
    var object = ByteBuffer { model.write(to: &$0) }
    body.writeBuffer(&object)
  }
}

extension Model {
  /// Writes the members of the model.
  fileprivate func write(to json: inout JSONWriter) {
    json.member("id", self.id)
    json.member("object", "model")
    // The server does not know when a model was made; clients need a number.
    json.member("created", UnixTime.now)
    json.member("owned_by", "tokenwire")
    // Of a model that was never loaded it is not known.
    guard self.contextLength > 0 else { return }
    json.member("context_length", self.contextLength)
    json.member("max_model_len", self.contextLength)
  }
}
