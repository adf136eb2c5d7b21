internal import HTTPTransport
internal import Identifiers
internal import NIOCore
internal import NIOHTTP1
internal import Protobuf
internal import RPC
internal import TokenwireAPI

/// The methods of a service in protobuf's JSON, whose unary calls are those of Connect's protocol
/// (https://connectrpc.com/docs/protocol#unary-request).
enum Methods {
  typealias Messages = (
    request: any (CMessage & JSONMessage).Type, response: any (CMessage & JSONMessage).Type
  )

  /// The service of this server.
  static let tokenwire = Self.group(
    "Tokenwire",
    TokenwireMethod.service,
    TokenwireMethod.messages,
    streaming: TokenwireMethod.streaming
  )

  /// gRPC's health checks, without the one that watches.
  static let health = Self.group(
    "Health",
    HealthMethod.service,
    HealthMethod.messages.filter { !HealthMethod.streaming.contains($0.key) },
    streaming: []
  )

  private static func group(
    _ name: String,
    _ service: Identifier,
    _ methods: [MethodDescriptor: Messages],
    streaming: Set<MethodDescriptor>
  ) -> OperationGroup {
    OperationGroup(
      name: name,
      prefix: "/\(service)/",
      errors: CodeErrors(),
      operations: methods.sorted { $0.key.method < $1.key.method }.map { method, messages in
        Self.operation(
          method,
          messages.request,
          messages.response,
          streams: streaming.contains(method)
        )
      }
    )
  }

  private static func operation<
    Request: CMessage & JSONMessage,
    Response: CMessage & JSONMessage
  >(
    _ method: MethodDescriptor,
    _: Request.Type,
    _: Response.Type,
    streams: Bool
  ) -> Operation {
    Operation(
      Route(.POST, "/\(method.service)/\(method.method)") { request throws(HTTPFailure) in
        try Self.check(request)
        let message = try Self.message(Request.self, in: request)
        let call = CallRequest(
          calling: method,
          message,
          metadata: request.metadataAsSent,
          timeout: try Self.timeout(of: request)
        )
        guard streams else { return .calls([call], UnaryMethodAnswer<Response>()) }
        let answer = StreamingMethodAnswer<Response>(
          format: StreamFormat(request) ?? .lines,
          endsWithClient: Self.endsWithClient(message)
        )
        return .calls([call], answer)
      },
      streams
        ? "Calls `\(method.method)`, and streams its responses."
        : "Calls `\(method.method)`.",
      fields: JSONShape.members(of: Request.self).map { member in
        FieldDescription(name: member.name.text, schema: Schema(member.shape))
      },
      response: ResponseDescription(
        schema: Schema(JSONShape(Response.self)),
        streams: streams ? StreamFormat.mediaTypes : [],
        onlyStreams: streams
      )
    )
  }

  /// Those that generate, and those that may wait for ever.
  private static func endsWithClient(_ request: some Message) -> Bool {
    (request as? QueryLogsRequest)?.follow ?? true
  }

  /// - Throws: for a request of a codec or a protocol that is not served.
  private static func check(_ request: HTTPRequest) throws(HTTPFailure) {
    if let type = request.headers.first(name: "content-type") {
      let name = Identifier(String(decoding: type.utf8.prefix { $0 != 0x3B }, as: UTF8.self))
      for other in ["application/proto", "application/grpc", "application/connect"]
      where name.lowercasedASCII.utf8.starts(with: other.utf8) {
        throw HTTPFailure(.unsupportedMediaType, "The content must be application/json here")
      }
    }
    if let version = request.headers.first(name: "connect-protocol-version"),
      Identifier(version) != "1"
    {
      throw .invalid("Connect-Protocol-Version must be 1")
    }
  }

  /// A request without content is a message without fields.
  private static func message<Request: JSONMessage & Message>(
    _: Request.Type,
    in request: HTTPRequest
  ) throws(HTTPFailure) -> Request {
    let bytes = Array(request.body.readableBytesView)
    do throws(MessageError) {
      return try Request(json: bytes.isEmpty ? Array("{}".utf8) : bytes)
    } catch {
      throw .invalid(error.message)
    }
  }

  private static let longestTimeout = 10

  private static func timeout(of request: HTTPRequest) throws(HTTPFailure) -> Duration? {
    guard let text = request.headers.first(name: "connect-timeout-ms") else { return nil }
    let isNumber = text.utf8.allSatisfy { UInt8(ascii: "0") ... UInt8(ascii: "9") ~= $0 }
    guard isNumber, text.utf8.count <= Self.longestTimeout, let milliseconds = Int64(text),
      milliseconds > 0
    else {
      throw .invalid("Connect-Timeout-Ms must be a positive number of at most 10 digits")
    }
    return .milliseconds(milliseconds)
  }
}
