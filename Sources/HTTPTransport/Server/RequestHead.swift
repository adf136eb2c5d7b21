internal import Identifiers
internal import JSON
internal import NIOCore
internal import NIOHTTP1
internal import RPC

/// A request's head, checked, and its route.
struct RequestHead {
  let target: RequestTarget
  let method: HTTPMethod
  let headers: HTTPHeaders
  /// The request's name in the server's log.
  let id: String
  /// The size of the content, in bytes; nil when the client does not tell it first.
  let contentLength: Int?
  /// Whether the client waits for a word before it sends the content (RFC 9110 section 10.1.1).
  let expectsContinue: Bool
  let route: (route: Route, parameter: String)?
  let errors: any ErrorFormat

  /// What a request whose head cannot be read is answered in.
  private static let plainErrors = PlainErrors()

  /// How a head is answered that is wrong, or needs no route.
  enum Reply: Error {
    case failure(HTTPFailure, any ErrorFormat)
    /// The methods that a path can be asked with.
    case options([HTTPMethod])

    var isBadRequest: Bool {
      if case .failure(let failure, _) = self { failure.status == .badRequest } else { false }
    }
  }

  /// - Throws: when the request gets this reply at once.
  init(
    _ head: HTTPRequestHead,
    _ router: Router,
    _ limits: HTTPLimits,
    _ crossOrigin: CrossOrigin,
    id: String
  ) throws(Reply) {
    self.headers = head.headers
    self.id = id
    guard head.uri.utf8.count <= limits.headerSize else {
      throw .failure(
        HTTPFailure(.uriTooLong, "The request's target has more than \(limits.headerSize) bytes"),
        Self.plainErrors
      )
    }
    guard let target = RequestTarget(head.uri) else {
      throw .failure(
        HTTPFailure(.badRequest, "The request's target is not a path: its encoding is wrong"),
        Self.plainErrors
      )
    }
    self.target = target
    let router =
      Self.isPreflightOfGRPCWeb(head) ? router : router.groups(for: head.headers.contentType)
    let errors = router.errors(for: target.path) ?? Self.plainErrors
    self.errors = errors
    self.method = head.method == .HEAD ? .GET : head.method
    self.expectsContinue = head.headers[canonicalForm: "expect"].contains {
      Identifier(String($0)).lowercasedASCII == "100-continue"
    }
    let failure =
      Self.failure(of: head, limits) ?? crossOrigin.failure(of: head.method, head.headers)
    if let failure { throw .failure(failure, errors) }
    self.contentLength = head.headers.first(name: "content-length").flatMap { Int($0) }

    let routes = router.routes(at: target.path)
    let methods = Self.methods(of: routes.map(\.route.method))
    if head.method == .OPTIONS, !routes.isEmpty || target.path.utf8.elementsEqual("*".utf8) {
      throw .options(methods)
    }
    guard !routes.isEmpty else {
      let description = "/openapi.json"
      let advice = router.routes(at: description).isEmpty ? "" : ": see \(description)"
      throw .failure(
        HTTPFailure(.notFound, "There is nothing at \(target.path)\(advice)"),
        errors
      )
    }
    let method = self.method
    guard let route = routes.first(where: { $0.route.method == method }) else {
      throw .failure(
        HTTPFailure(
          .methodNotAllowed,
          "\(target.path) cannot be asked with \(head.method.rawValue), only with "
            + methods.map(\.rawValue).joined(separator: ", "),
          headers: ["allow": methods.map(\.rawValue).joined(separator: ", ")]
        ),
        errors
      )
    }
    self.route = route
    if self.method == .POST, !router.takesOtherContent {
      try Self.checkContentType(head.headers, errors)
    }
  }

  /// Whether a browser asks before a request of grpc-web, whose media type it does not tell yet.
  private static func isPreflightOfGRPCWeb(_ head: HTTPRequestHead) -> Bool {
    head.method == .OPTIONS
      && head.headers[canonicalForm: "access-control-request-headers"].contains {
        Identifier(String($0)).lowercasedASCII == "x-grpc-web"
      }
  }

  private static func methods(of routes: [HTTPMethod]) -> [HTTPMethod] {
    routes.flatMap { $0 == .GET ? [.GET, .HEAD] : [$0] } + [.OPTIONS]
  }

  /// What is wrong with the head, whatever its path (RFC 9110, RFC 9112).
  private static func failure(of head: HTTPRequestHead, _ limits: HTTPLimits) -> HTTPFailure? {
    let size = head.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    if size > limits.headerSize {
      return HTTPFailure(
        .requestHeaderFieldsTooLarge,
        "The request's header fields have \(size) bytes, over \(limits.headerSize)"
      )
    }
    let hosts = head.headers["host"].count
    if !head.isHTTP1_0, hosts != 1 {
      return HTTPFailure(.badRequest, "The request has \(hosts) Host fields instead of one")
    }
    // An empty one is that of a target without a host (RFC 9112 section 3.2).
    if let host = head.headers.first(name: "host"),
      host.utf8.contains(where: { $0 <= 0x20 || "/\\?#@".utf8.contains($0) })
    {
      return HTTPFailure(.badRequest, "The request's Host is not a host")
    }
    let lengths = head.headers["content-length"]
    let encodings = head.headers[canonicalForm: "transfer-encoding"]
    // Proxies read such requests in two ways (RFC 9112 section 6.3).
    if !encodings.isEmpty, !lengths.isEmpty || head.isHTTP1_0 {
      return HTTPFailure(.badRequest, "The request tells its content's length in two ways")
    }
    // RFC 9112 section 6.1. The bytes of another coding would be taken for the content.
    if !encodings.isEmpty,
      encodings.map({ Identifier(String($0)).lowercasedASCII }) != ["chunked"]
    {
      return HTTPFailure(.notImplemented, "The only Transfer-Encoding that is read is chunked")
    }
    if lengths.count > 1 {
      return HTTPFailure(.badRequest, "The request has several Content-Length fields")
    }
    if let length = lengths.first {
      guard let length = Int(length), length >= 0 else {
        return HTTPFailure(.badRequest, "The request's Content-Length is not a number")
      }
      if length > limits.contentSize { return .contentTooLarge(limits) }
    }
    if head.method == .POST, lengths.isEmpty, encodings.isEmpty, head.version.major == 1 {
      return HTTPFailure(.lengthRequired, "The request has no Content-Length")
    }
    for expectation in head.headers[canonicalForm: "expect"]
    where Identifier(String(expectation)).lowercasedASCII != "100-continue" {
      return HTTPFailure(.expectationFailed, "The only expectation that is met is 100-continue")
    }
    return nil
  }

  /// Other types than JSON are refused, because a browser sends them from any web page without
  /// asking the server first.
  private static func checkContentType(
    _ headers: HTTPHeaders,
    _ errors: any ErrorFormat
  ) throws(Reply) {
    for encoding in headers[canonicalForm: "content-encoding"]
    where Identifier(String(encoding)).lowercasedASCII != "identity" {
      throw .failure(
        HTTPFailure(
          .unsupportedMediaType,
          "The content is compressed (\(encoding)): send it as it is",
          headers: ["accept-encoding": "identity"]
        ),
        errors
      )
    }
    guard headers.contentType == "application/json" else {
      throw .failure(
        HTTPFailure(
          .unsupportedMediaType,
          "The content is not JSON: send it with \"Content-Type: application/json\""
        ),
        errors
      )
    }
  }

  /// The request with its content.
  func request(_ body: ByteBuffer) -> HTTPRequest {
    HTTPRequest(
      method: self.method,
      path: self.target.path,
      parameter: self.route?.parameter ?? "",
      query: self.target.query,
      headers: self.headers,
      body: body,
      id: self.id
    )
  }
}

extension HTTPRequestHead {
  /// Whether the client knows neither persistent connections nor content in chunks.
  var isHTTP1_0: Bool { self.version.major == 1 && self.version.minor == 0 }
}

extension HTTPHeaders {
  /// The media type of the content, without parameters and in lower case; empty without one.
  fileprivate var contentType: Identifier {
    let type = self.first(name: "content-type") ?? ""
    return Identifier(
      String(decoding: type.utf8.prefix { !" ;\t".utf8.contains($0) }, as: UTF8.self)
    ).lowercasedASCII
  }
}

extension HTTPFailure {
  static func contentTooLarge(_ limits: HTTPLimits) -> HTTPFailure {
    HTTPFailure(
      .payloadTooLarge,
      "The request's content has more than \(limits.contentSize) bytes, which is this server's limit"
    )
  }
}

/// Errors of requests that have no route, and of servers without routes for all paths.
struct PlainErrors: ErrorFormat {
  func response(to failure: HTTPFailure, requestID: String) -> HTTPResponse {
    var response = HTTPResponse(failure.status) { $0.member("error", failure.error.message) }
    response.headers.add(contentsOf: failure.headers)
    return response
  }
}
