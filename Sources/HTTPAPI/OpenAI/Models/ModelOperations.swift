internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import NIOCore
internal import NIOHTTP1
internal import RPC
internal import TokenwireAPI

extension HTTPAPI {
  /// `GET /v1/models`, which Anthropic's clients ask for as well.
  var listOpenAIModels: Operation {
    Operation(
      Route(.GET, "/v1/models") { request throws(HTTPFailure) in
        self.listModels(request) { ModelList(form: $0) }
      },
      "The models of the server; in Anthropic's form for a request with `anthropic-version`.",
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
        self.listModels(request) { ModelWithID(id: Identifier(request.parameter), form: $0) }
      },
      "One of the models.",
      response: ResponseDescription(schema: Self.model)
    )
  }

  /// An answer made of `ListModels`.
  private func listModels(
    _ request: HTTPRequest,
    _ writer: (ModelForm) -> any AnswerWriter
  ) -> Answer {
    let form = ModelForm(for: request)
    let call = self.call(
      TokenwireMethod.listModels,
      ListModelsRequest(),
      for: request,
      accessToken: form == .anthropic
        ? self.accessToken(request.apiKey) : self.openAIAccessToken(request)
    )
    return .calls([call], writer(form))
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
  let form: ModelForm
  private var models: [Model] = []

  init(form: ModelForm) {
    self.form = form
  }

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
      if self.form == .openAI { json.member("object", "list") }
      json.begin("data")
      json.beginArray()
      for model in self.models {
        json.beginElement()
        json.beginObject()
        self.form.write(model, to: &json)
        json.end()
      }
      json.endArray()
      if self.form == .anthropic, let first = self.models.first, let last = self.models.last {
        json.member("has_more", false)
        json.member("first_id", first.id)
        json.member("last_id", last.id)
      }
    }
    body.writeBuffer(&list)
  }
}

/// Answers one model.
private struct ModelWithID: AnswerWriter {
  let id: Identifier
  let form: ModelForm
  private var models: [Model] = []

  init(id: Identifier, form: ModelForm) {
    self.id = id
    self.form = form
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
    var object = ByteBuffer { self.form.write(model, to: &$0) }
    body.writeBuffer(&object)
  }
}

/// How a model is told of.
private enum ModelForm {
  case openAI
  /// https://platform.claude.com/docs/en/api/models/list, for clients that name the version of that API.
  case anthropic

  init(for request: HTTPRequest) {
    self = request.headers.contains(name: "anthropic-version") ? .anthropic : .openAI
  }

  /// Writes the members of a model.
  func write(_ model: Model, to json: inout JSONWriter) {
    json.member("id", model.id)
    switch self {
    case .anthropic:
      json.member("type", "model")
      json.member("display_name", model.id)
      // That API's time of a model whose age is not known.
      json.member("created_at", "1970-01-01T00:00:00Z")
    case .openAI:
      json.member("object", "model")
      // The server does not know when a model was made; clients need a number.
      json.member("created", UnixTime.now)
      json.member("owned_by", "tokenwire")
      // Of a model that was never loaded it is not known, nor of every one that is elsewhere.
      guard 1 ..< Int32.max ~= model.contextLength else { return }
      json.member("context_length", model.contextLength)
      json.member("max_model_len", model.contextLength)
    }
  }
}
