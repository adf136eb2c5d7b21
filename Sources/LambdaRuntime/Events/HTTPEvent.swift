internal import Identifiers
internal import JSON
internal import NIOCore
internal import NIOHTTP1

/// A request of HTTP in an event.
struct HTTPEvent: Sendable {
  let format: EventFormat
  let method: HTTPMethod
  /// The path, percent-encoded, and what follows a question mark.
  let target: String
  let headers: HTTPHeaders
  let body: ByteBuffer
  /// The client's address; nil when the event does not tell it.
  let clientAddress: Identifier?

  /// Reads an event.
  ///
  /// - Parameter basePath: what paths have in front of those of the server, such as "/llm"; empty
  ///   for nothing.
  /// - Throws: when it is no request of HTTP.
  init(_ json: ByteBuffer, basePath: String = "") throws(EventError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(
        bytes: Array(json.readableBytesView),
        limits: JSONLimits(depth: 64, members: 10_000, takesMistakes: true)
      )
    } catch {
      throw EventError("The event is not JSON: \(error)")
    }
    let event = EventObject(value)
    if event.object("requestContext").has("elb") {
      try self.init(loadBalancer: event, basePath)
    } else if event.text("httpMethod") != nil {
      try self.init(restAPI: event, basePath)
    } else if event.object("requestContext").object("http").text("method") != nil {
      try self.init(functionURL: event, basePath)
    } else {
      throw EventError(
        "The event is no request of HTTP: it has neither httpMethod, as those of REST APIs and load "
          + "balancers, nor requestContext.http.method, as those of HTTP APIs and function URLs"
      )
    }
  }

  /// Format 1.0.
  private init(restAPI event: EventObject, _ basePath: String) throws(EventError) {
    self.format = .restAPI
    self.method = try HTTPMethod(ofEvent: event.text("httpMethod"))
    guard let path = event.text("path") else { throw EventError("The event has no path") }
    // REST APIs leave the version out, and their paths never have the stage.
    let isHTTPAPI = event.has("version")
    self.target = Self.target(
      isHTTPAPI ? Self.withoutStage(path, event.object("requestContext")) : path,
      basePath,
      query: event.query(PercentEncoding.component)
    )
    self.headers = try HTTPHeaders(ofEvent: event.headers)
    self.body = try event.body()
    self.clientAddress = event.object("requestContext").object("identity").identifier("sourceIp")
  }

  /// An Application Load Balancer's, which has format 1.0, but leaves the query as it was sent.
  private init(loadBalancer event: EventObject, _ basePath: String) throws(EventError) {
    self.format = .loadBalancer(hasLists: event.has("multiValueHeaders"))
    self.method = try HTTPMethod(ofEvent: event.text("httpMethod"))
    guard let path = event.text("path") else { throw EventError("The event has no path") }
    self.target = Self.target(path, basePath, query: event.query(PercentEncoding.sentComponent))
    self.headers = try HTTPHeaders(ofEvent: event.headers)
    self.body = try event.body()
    self.clientAddress = Self.lastSender(in: self.headers)
  }

  /// The address that a load balancer has added to those that it was sent, which anybody may have
  /// written. It can be set to add the port as well.
  private static func lastSender(in headers: HTTPHeaders) -> Identifier? {
    guard let field = headers["x-forwarded-for"].last,
      let sender = field.utf8.split(separator: UInt8(ascii: ",")).last
    else { return nil }
    let text = sender.filter { $0 > 0x20 }
    let colon = UInt8(ascii: ":")
    let address =
      if text.first == UInt8(ascii: "[") {
        text.dropFirst().prefix { $0 != UInt8(ascii: "]") }
      } else if text.count(where: { $0 == colon }) == 1 {
        text.prefix { $0 != colon }
      } else {
        text[...]
      }
    return Identifier(String(decoding: address, as: UTF8.self))
  }

  /// Format 2.0.
  private init(functionURL event: EventObject, _ basePath: String) throws(EventError) {
    let context = event.object("requestContext")
    self.format = .functionURL
    self.method = try HTTPMethod(ofEvent: context.object("http").text("method"))
    guard let path = event.text("rawPath") else { throw EventError("The event has no rawPath") }
    self.target = Self.target(
      Self.withoutStage(path, context),
      basePath,
      query: PercentEncoding.query(event.text("rawQueryString") ?? "")
    )
    var headers = try HTTPHeaders(ofEvent: event.object("headers").lists)
    let cookies = event.texts("cookies")
    if !cookies.isEmpty {
      headers.replaceOrAdd(name: "cookie", value: try cookies.joined(separator: "; ").fieldValue())
    }
    self.headers = headers
    self.body = try event.body()
    self.clientAddress = context.object("http").identifier("sourceIp")
  }

  /// The path without the name of the stage, which it has in front at the address that an HTTP API
  /// gets from AWS.
  private static func withoutStage(_ path: String, _ context: EventObject) -> String {
    guard let stage = context.text("stage"), stage != "$default",
      context.text("domainName")?.firstRange(of: ".execute-api.") != nil
    else { return path }
    return Self.path(path, without: "/\(stage)")
  }

  private static func target(_ path: String, _ basePath: String, query: String) -> String {
    let path = PercentEncoding.path(Self.path(path, without: basePath))
    return query.isEmpty ? path : "\(path)?\(query)"
  }

  private static func path(_ path: String, without prefix: String) -> String {
    guard !prefix.isEmpty, path.utf8.starts(with: prefix.utf8) else { return path }
    let rest = path.utf8.dropFirst(prefix.utf8.count)
    if rest.isEmpty { return "/" }
    return rest.first == UInt8(ascii: "/") ? String(decoding: rest, as: UTF8.self) : path
  }
}

/// How events and their answers are written.
enum EventFormat: Sendable, Equatable {
  /// Format 1.0: REST APIs of API Gateway, and HTTP APIs that are set to it.
  case restAPI
  /// Application Load Balancers; `hasLists` when the target group is set to have all values of a
  /// field, which answers then need to have as well.
  case loadBalancer(hasLists: Bool)
  /// Format 2.0: HTTP APIs of API Gateway, and function URLs.
  case functionURL

  /// Whether answers may be streamed; load balancers read whole ones alone.
  var canStream: Bool { self.longestAnswer == nil }

  /// The most bytes that an answer may have; nil when that is Lambda's limit.
  var longestAnswer: Int? {
    if case .loadBalancer = self { 1 << 20 } else { nil }
  }
}

/// An event that cannot be read.
struct EventError: Error {
  /// One sentence.
  let message: String

  init(_ message: String) {
    self.message = message
  }
}

extension HTTPMethod {
  fileprivate init(ofEvent text: String?) throws(EventError) {
    guard let text, !text.isEmpty,
      text.utf8.allSatisfy({ UInt8(ascii: "A") ... UInt8(ascii: "Z") ~= $0 })
    else { throw EventError("The event's method is none of HTTP") }
    self.init(rawValue: text)
  }
}

extension HTTPHeaders {
  /// The fields of a request, without those that are about the connection it came over.
  fileprivate init(ofEvent fields: [(name: String, values: [String])]) throws(EventError) {
    self.init()
    for (name, values) in fields {
      guard !name.isEmpty, name.utf8.allSatisfy(\.isOfFieldName) else {
        throw EventError("The event has a header field whose name is none of HTTP")
      }
      if ConnectionFields.contain(name) { continue }
      for value in values { self.add(name: name, value: try value.fieldValue()) }
    }
  }
}

extension String {
  /// The text, if a header field may have it.
  fileprivate func fieldValue() throws(EventError) -> String {
    guard self.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else {
      throw EventError("The event has a header field with a control character")
    }
    return self
  }
}

extension UInt8 {
  /// Whether it is in a token (RFC 9110 section 5.6.2).
  fileprivate var isOfFieldName: Bool {
    self > 0x20 && self < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains(self)
  }
}
