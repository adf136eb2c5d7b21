import AccessTokens
import Identifiers
import Logging
import RPC
import TTRPC
import TestClients
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// A line for each call, without a word of what was said.
@Suite struct AccessLogTests {
  /// Makes calls, and returns the lines of their server's log, which has ended then.
  private static func lines(
    _ calls: @escaping @Sendable (Secured) async throws -> Void
  ) async throws -> [LogEntries.Entry] {
    let (entries, continuation) = AsyncStream.makeStream(of: LogEntries.Entry.self)
    let log = AccessLog(logger: Logger(label: "test", factory: { _ in LogEntries(continuation) }))
    try await Secured.with(interceptors: [log]) { try await calls($0) }
    continuation.finish()
    var lines: [LogEntries.Entry] = []
    for await entry in entries { lines.append(entry) }
    return lines
  }

  @Test func `a call is logged with its user, its tokens and its status`() async throws {
    let lines = try await Self.lines { server in
      var options = server.bearing(try server.token(for: "alice"))
      options.metadata["x-request-id"] = "from-a-proxy"
      var request = SecureGenerateTests.request()
      request.maxTokens = 3
      for try await _ in try await server.client.api.secureGenerate(request, options: options) {}
    }
    let line = try #require(lines.first)
    #expect(line.level == .info)
    #expect(line.metadata["method"] == "tokenwire.v1.Tokenwire/SecureGenerate")
    #expect(line.metadata["user"] == "alice")
    #expect(line.metadata["tokens"] == "3")
    #expect(line.metadata["status"] == "OK")
    #expect(line.metadata["request"] == "from-a-proxy")
    #expect(line.metadata["peer"]?.description.hasPrefix("127.0.0.1:") == true)
    #expect(line.metadata["duration_ms"].map { Int($0.description) != nil } == true)
    #expect(line.metadata["model"] != nil)
    // Of a model here, no server.
    #expect(line.metadata.count == 8)
  }

  @Test func `a call that was refused is logged, whoever refused it`() async throws {
    let lines = try await Self.lines { server in
      for call in [
        { try await server.generate(with: "a.b.c").count },
        {
          // Its names are not ours.
          let options = CallOptions(metadata: ["x-request-id": "two\u{1B}[2J words"])
          let request = GenerateRequest(input: nil)
          return try await server.client.api.generate(request, options: options).collect().count
        },
      ] as [@Sendable () async throws -> Int] {
        await #expect(throws: CallError.self) { try await call() }
      }
    }
    // The answer to a call goes out before its line.
    let statuses = lines.compactMap { $0.metadata["status"]?.description }
    #expect(statuses.sorted() == ["INVALID_ARGUMENT", "UNAUTHENTICATED"])
    #expect(lines.allSatisfy { $0.metadata["user"] == nil })
    let ids = lines.compactMap { $0.metadata["request"]?.description }
    #expect(Set(ids.map { Identifier($0) }).count == 2)
    #expect(ids.allSatisfy { $0.utf8.allSatisfy { 0x21 ... 0x7E ~= $0 } })
  }

  @Test func `a caller cannot write fields of the line`() async throws {
    let lines = try await Self.lines { server in
      let method = MethodDescriptor(service: "x", method: "y peer=1.2.3.4:5 status=OK user=\"alice")
      let connection = try await RPCClient.connect(to: server.endpoint, options: .patient)
      await #expect(throws: CallError.self) {
        let _: ListModelsResponse = try await connection.unary(
          method,
          ListModelsRequest(),
          options: CallOptions(metadata: ["x-request-id": "a,status=OK"])
        )
      }
      await connection.close()
    }
    let line = try #require(lines.first)
    #expect(line.metadata["method"] == #""x/y peer=1.2.3.4:5 status=OK user=\"alice""#)
    #expect(line.metadata["status"] == "UNIMPLEMENTED")
    #expect(line.metadata["request"]?.description.contains("=") == false)
  }
}
