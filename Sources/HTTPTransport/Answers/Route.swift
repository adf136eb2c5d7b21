package import Identifiers
package import NIOHTTP1

/// What a server answers at a method and a path.
package struct Route: Sendable {
  /// The method. A route of GET also answers HEAD.
  package let method: HTTPMethod
  /// The path, such as "/v1/models/{id}". A parameter is at its end, and is the rest of the path.
  package let path: String
  /// Reads a request, and says how it is answered.
  package let answer: @Sendable (HTTPRequest) throws(HTTPFailure) -> Answer

  /// Creates a route.
  package init(
    _ method: HTTPMethod,
    _ path: String,
    answer: @escaping @Sendable (HTTPRequest) throws(HTTPFailure) -> Answer
  ) {
    self.method = method
    self.path = path
    self.answer = answer
  }

  /// What stands before the parameter; the whole path without one.
  private var prefix: Substring.UTF8View {
    self.path[...].utf8.prefix { $0 != UInt8(ascii: "{") }
  }

  private var hasParameter: Bool { self.prefix.count < self.path.utf8.count }

  /// The parameter if the route has this path, empty without one; otherwise nil.
  func parameter(in path: String) -> String? {
    guard self.hasParameter else {
      return Identifier(path) == Identifier(self.path) ? "" : nil
    }
    guard path.utf8.starts(with: self.prefix), path.utf8.count > self.prefix.count else {
      return nil
    }
    return String(decoding: path.utf8.dropFirst(self.prefix.count), as: UTF8.self)
  }
}

/// How a request is answered.
package enum Answer: Sendable {
  /// At once.
  case ready(HTTPResponse)
  /// By the responses of calls. They run beside each other, some at a time.
  case calls(CallRequests, any AnswerWriter)
}

/// Routes whose errors are written alike.
package struct RouteGroup: Sendable {
  /// Paths that begin so have errors of this format, also if they have no route.
  package let prefix: String
  /// How errors are written.
  package let errors: any ErrorFormat
  /// The routes.
  package let routes: [Route]
  /// The media types of requests that the group alone is for; empty is JSON.
  package let contentTypes: [Identifier]

  /// Creates a group.
  package init(
    prefix: String,
    errors: any ErrorFormat,
    routes: [Route],
    contentTypes: [Identifier] = []
  ) {
    self.prefix = prefix
    self.errors = errors
    self.routes = routes
    self.contentTypes = contentTypes
  }
}

/// Finds the route of a request.
package struct Router: Sendable {
  private let groups: [RouteGroup]

  /// - Parameter groups: of several whose prefix a path has, the first counts. The last one has an
  ///   empty prefix.
  package init(_ groups: [RouteGroup]) {
    self.groups = groups
  }

  /// The groups that are for a request: those of its media type, or else those for JSON.
  func groups(for contentType: Identifier) -> Router {
    let groups = self.groups.filter { $0.contentTypes.contains(contentType) }
    return Router(groups.isEmpty ? self.groups.filter(\.contentTypes.isEmpty) : groups)
  }

  /// Whether these groups read other content than JSON.
  var takesOtherContent: Bool { self.groups.contains { !$0.contentTypes.isEmpty } }

  /// The format of errors about a path.
  func errors(for path: String) -> (any ErrorFormat)? {
    self.groups.first { path.utf8.starts(with: $0.prefix.utf8) }?.errors
  }

  /// The routes with this path, and its parameter; several have different methods.
  func routes(at path: String) -> [(route: Route, parameter: String)] {
    self.groups.flatMap(\.routes).compactMap { route in
      route.parameter(in: path).map { (route, $0) }
    }
  }
}
