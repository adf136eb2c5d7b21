internal import HTTPTransport
internal import Identifiers
internal import NIOHTTP1

/// A route and its description, of which the OpenAPI document and docs/http.md are made.
struct Operation: Sendable {
  /// The route.
  let route: Route
  /// What it does, in a sentence.
  let summary: String
  /// The fields of its request's JSON; empty without one.
  let fields: [FieldDescription]
  /// The parameters after the question mark.
  let query: [FieldDescription]
  /// What it answers with the status 200.
  let response: ResponseDescription

  /// - Parameter form: the request's JSON; nil without one.
  init<Request>(
    _ route: Route,
    _ summary: String,
    form: ObjectForm<Request>,
    response: ResponseDescription
  ) {
    self.route = route
    self.summary = summary
    self.fields = form.fields.map { field in
      FieldDescription(
        name: field.name.text,
        schema: field.schema,
        use: field.use,
        summary: field.summary,
        isRequired: form.required.contains { $0 == field.name }
      )
    }
    self.query = []
    self.response = response
  }

  /// A route whose request is read otherwise, or has no content.
  init(
    _ route: Route,
    _ summary: String,
    fields: [FieldDescription] = [],
    query: [FieldDescription] = [],
    response: ResponseDescription
  ) {
    self.route = route
    self.summary = summary
    self.fields = fields
    self.query = query
    self.response = response
  }
}

/// A field of a request, for its readers.
struct FieldDescription: Sendable {
  var name: String
  var schema: Schema
  var use = FieldUse.served
  /// Empty for fields that are described elsewhere.
  var summary = ""
  var isRequired = false
}

/// What a route answers.
struct ResponseDescription: Sendable {
  /// The schema of a JSON answer.
  var schema: Schema
  /// The media types of its streams, such as "text/event-stream"; empty when it never streams.
  var streams: [String] = []
  /// Whether it has no other answers than streams. The schema is then that of what they consist of.
  var onlyStreams = false
}

/// Operations whose errors are written alike.
struct OperationGroup: Sendable {
  /// The name of the API, such as "OpenAI".
  var name: String
  /// Paths that begin so have errors of this format.
  var prefix: String
  /// How errors are written.
  var errors: any ErrorFormat
  /// The operations.
  var operations: [Operation]

  /// Its routes.
  var routes: RouteGroup {
    RouteGroup(prefix: self.prefix, errors: self.errors, routes: self.operations.map(\.route))
  }
}
