import Foundation
import Logging
import NIOCore
import NIOPosix
import TTRPC
import TestCertificates
import TestServers
import Testing

@testable import Listening
@testable import RPC

/// What becomes of a connection by its first bytes.
@Suite struct TransportSelectionTests {
  /// Answers what it gets with its name.
  private struct NamedTransport: ServerTransport {
    let name: String
    let first: UInt8
    var applicationProtocols: [String] { [self.name] }

    func begins(with byte: UInt8) -> Bool { byte == self.first }

    func addHandlers(to connection: ServerConnection) throws {
      try connection.channel.pipeline.syncOperations.addHandler(Answerer(self.name))
    }

    func refusal(_ error: CallError) -> any ConnectionRefusal { Refusal() }

    private struct Refusal: ConnectionRefusal {
      func answer(to bytes: ByteBuffer) -> ByteBuffer { ByteBuffer(string: "refused") }
    }
  }

  private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: String

    init(_ answer: String) {
      self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: self.answer)), promise: nil)
      context.close(promise: nil)
    }
  }

  @Test(arguments: [
    ("1 hello", "one"),
    ("2 hello", "two"),
    ("3 hello", ""),
    ("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"),
  ])
  func `the first byte chooses the transport`(opening: String, answer: String) async throws {
    try await withEndpoint(of: Self.server()) { endpoint in
      let answered = try await Self.exchange(opening, with: endpoint)
      #expect(answered.starts(with: answer.utf8))
      #expect(answered.isEmpty == answer.isEmpty)
    }
  }

  @Test(arguments: [(["two"], "two"), (["three", "two"], "two"), (["three"], "one"), ([], "one")])
  func `what TLS has agreed on comes before the first byte`(
    protocols: [String],
    answer: String
  ) async throws {
    try await Certificates.withFolder { files in
      let tls = try ServerTLS(identity: files.server, applicationProtocols: ["one", "two"])
      let client = try ClientTLS(
        ca: files.ca,
        serverName: "localhost",
        applicationProtocols: protocols
      )
      try await withEndpoint(of: Self.server(tls: tls)) { endpoint in
        let answered = try await Self.exchange("1 hello", with: endpoint, tls: client)
        #expect(answered.elementsEqual(answer.utf8))
      }
    }
  }

  @Test(arguments: [
    ("1 hello", "refused"),
    ("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"),
  ])
  func `who begins without TLS is told so in its protocol`(
    opening: String,
    answer: String
  ) async throws {
    try await Certificates.withFolder { files in
      let tls = try ServerTLS(identity: files.server, applicationProtocols: ["one", "two"])
      try await withEndpoint(of: Self.server(tls: tls)) { endpoint in
        let answered = try await Self.exchange(opening, with: endpoint)
        #expect(answered.starts(with: answer.utf8))
      }
    }
  }

  private static func server(tls: ServerTLS? = nil) -> RPCServer {
    RPCServer(
      endpoint: .anyPort,
      services: [],
      transports: [
        NamedTransport(name: "one", first: UInt8(ascii: "1")),
        NamedTransport(name: "two", first: UInt8(ascii: "2")),
      ],
      tls: tls,
      limits: CallLimits(),
      connectionLimits: ConnectionLimits(),
      timeouts: .patient,
      logger: .silent
    )
  }

  @Test func `a connection that says nothing is closed after a while`() async throws {
    let server = RPCServer(
      endpoint: .anyPort,
      services: [],
      timeouts: ConnectionTimeouts(firstRequest: .milliseconds(50)),
      logger: .silent
    )
    try await withEndpoint(of: server) { endpoint in
      let answer = try await Self.exchange("", with: endpoint)
      #expect(answer.isEmpty)
    }
  }

  @Test func `a drain ends connections that have said nothing`() async throws {
    let server = RPCServer(
      endpoint: .anyPort,
      services: [],
      timeouts: .patient,
      logger: .silent
    )
    try await withEndpoint(of: server) { endpoint in
      let connection = try await endpoint.connectForBytes(tls: nil)
      try await connection.executeThenClose { inbound, _ in
        server.drain()
        do {
          for try await _ in inbound { Issue.record("bytes come") }
        } catch let error as IOError where error.errnoCode == ECONNRESET {
          // That is an end, too: the listener was closed before it had accepted the connection.
        }
      }
    }
  }

  /// Says something, and returns all that is answered.
  private static func exchange(
    _ text: String,
    with endpoint: Endpoint,
    tls: ClientTLS? = nil
  ) async throws -> [UInt8] {
    let connection = try await endpoint.connectForBytes(tls: tls)
    return try await connection.executeThenClose { inbound, outbound in
      if !text.isEmpty { try await outbound.write(ByteBuffer(string: text)) }
      var answer: [UInt8] = []
      for try await bytes in inbound { answer += bytes.readableBytesView }
      return answer
    }
  }
}
