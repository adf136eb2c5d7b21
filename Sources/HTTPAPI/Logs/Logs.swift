internal import HTTPTransport
internal import Identifiers
internal import NIOHTTP1
internal import Protobuf
internal import RPC
internal import TokenwireAPI

/// The request log for a browser or curl.
enum Logs {
  static let group = OperationGroup(
    name: "Log",
    prefix: "/v1/logs",
    errors: CodeErrors(),
    operations: [
      Operation(
        Route(.GET, "/v1/logs") { request throws(HTTPFailure) in try Self.answer(request) },
        "Entries of the log: a list, or, by `Accept`, a stream of them.",
        query: LogParameter.all.map {
          FieldDescription(name: $0.name.text, schema: $0.schema, summary: $0.summary)
        },
        response: ResponseDescription(
          schema: .object(
            [
              ("object", .choice(["list"])),
              ("data", .array(Schema(JSONShape(LogEntry.self)))),
              ("has_more", .boolean),
            ],
            required: ["object", "data"]
          ),
          streams: StreamFormat.mediaTypes
        )
      )
    ]
  )

  private static func answer(_ request: HTTPRequest) throws(HTTPFailure) -> Answer {
    var query = try LogParameter.read(request.query)
    let limit = query.limit == 0 ? nil : query.limit
    let format = StreamFormat(request)
    if format == nil, let limit, limit < .max { query.limit = limit + 1 }
    let call = CallRequest(
      calling: TokenwireMethod.queryLogs,
      query,
      metadata: request.metadataAsSent
    )
    guard let format else { return .calls([call], LogListAnswer(limit: limit)) }
    return .calls([call], StreamingMethodAnswer<LogEntry>(format: format, endsWithClient: false))
  }
}
