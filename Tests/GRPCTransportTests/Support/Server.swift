import GRPCTransport
import HTTPTransport
import Identifiers
import Logging
import NIOCore
import Protobuf
import TTRPC
import TestHTTP
import TestServers

@testable import Listening
@testable import RPC

/// A message with a text and a number.
struct Note: Message, Hashable {
  var text = ""
  var number: UInt32 = 0

  init(_ text: String = "", _ number: UInt32 = 0) {
    (self.text, self.number) = (text, number)
  }

  init(serialized bytes: ByteBuffer) throws(MessageError) {
    var bytes = bytes
    guard let number: UInt32 = bytes.readInteger() else { throw MessageError("It has no number") }
    self.init(String(buffer: bytes), number)
  }

  func serialize(into buffer: inout ByteBuffer) {
    buffer.writeInteger(self.number)
    buffer.writeString(self.text)
  }

  var bytes: ByteBuffer {
    var buffer = ByteBuffer()
    self.serialize(into: &buffer)
    return buffer
  }
}

enum NoteService {
  static let name: Identifier = "test.Notes"

  /// - Parameter ended: how many calls that have no end were ended from outside.
  static func definition(_ ended: EndCounter) -> ServiceDefinition {
    ServiceDefinition(
      name: name,
      methods: [
        "Say": .unary { (request: Note, context) in
          context.initialMetadata = context.metadata["x-echo"].map { ["x-echo": $0] } ?? [:]
          context.trailingMetadata =
            context.metadata["x-trail-bin"].map { ["x-trail-bin": $0] } ?? [:]
          if let code = CallError.Code(rawValue: Int32(request.number)) {
            throw CallError(
              code,
              request.text,
              retryAfter: code == .resourceExhausted ? .milliseconds(1500) : nil
            )
          }
          return request
        },
        "Count": .serverStreaming { (request: Note, responses: ResponseWriter<Note>, _) in
          for number in 0 ..< request.number {
            try await responses.write(Note(request.text, number))
          }
        },
        "Sum": .clientStreaming { (requests: RequestStream<Note>, _) in
          var sum: UInt32 = 0
          for try await request in requests { sum += request.number }
          return Note("sum", sum)
        },
        "Echo": .bidirectionalStreaming {
          (requests: RequestStream<Note>, responses: ResponseWriter<Note>, _) in
          for try await request in requests { try await responses.write(request) }
        },
        // Writes once, or as much as it can, and then waits for its end.
        "Hang": .serverStreaming { (request: Note, responses: ResponseWriter<Note>, _) in
          defer { ended.add() }
          if request.number > 0 { try await responses.write(Note("begun")) }
          while request.number > 1 {
            try await responses.write(Note(String(repeating: "x", count: 1000)))
          }
          try await Task.sleep(for: .seconds(3600))
        },
        // Reads nothing of what is sent.
        "Ignore": .bidirectionalStreaming {
          (_: RequestStream<Note>, responses: ResponseWriter<Note>, _) in
          defer { ended.add() }
          try await responses.write(Note("begun"))
          try await Task.sleep(for: .seconds(3600))
        },
      ]
    )
  }
}

/// Runs a server for as long as `body` runs.
///
/// - Parameter more: services beside that of notes.
func withServer<Result: Sendable>(
  _ more: [ServiceDefinition] = [],
  tls: ServerTLS? = nil,
  limits: CallLimits = CallLimits(),
  connectionLimits: ConnectionLimits = ConnectionLimits(),
  timeouts: ConnectionTimeouts = .patient,
  _ body: @escaping @Sendable (RPCServer, Endpoint, EndCounter) async throws -> Result
) async throws -> Result {
  let ended = EndCounter()
  let server = RPCServer(
    endpoint: .anyPort,
    services: [NoteService.definition(ended)] + more,
    transports: [
      TTRPCTransport(),
      HTTPTransport(
        GRPCWeb.groups(messageSize: limits.messageSize),
        streamProtocols: [GRPCTransport()]
      ),
    ],
    tls: tls,
    limits: limits,
    connectionLimits: connectionLimits,
    timeouts: timeouts,
    logger: .silent
  )
  return try await withEndpoint(of: server) { try await body(server, $0, ended) }
}
