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
    self.response = response
  }

  /// A route without content in its request.
  init(_ route: Route, _ summary: String, response: ResponseDescription) {
    self.route = route
    self.summary = summary
    self.fields = []
    self.response = response
  }
}

/// A field of a request, for its readers.
struct FieldDescription: Sendable {
  var name: String
  var schema: Schema
  var use: FieldUse
  var summary: String
  var isRequired: Bool
}

/// What a route answers.
struct ResponseDescription: Sendable {
  /// The schema of a JSON answer.
  var schema: Schema
  /// The media types of its streams, such as "text/event-stream"; empty when it never streams.
  var streams: [String] = []
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
