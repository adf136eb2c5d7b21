import Listening
import RPC
import TTRPC
import TestCertificates
import Testing

@Suite struct MutualTLSTests {
  @Test func `a client with a certificate by the authority is served`() async throws {
    try await Self.withServer { files, endpoint in
      let tls = try ClientTLS(ca: files.ca, identity: files.client)
      #expect(try await call(endpoint, tls: tls) == "hi")
    }
  }

  // With TLS 1.3 the server looks at the certificate after the client has connected: these fail
  // with the first call.

  @Test func `a client without a certificate is refused`() async throws {
    try await Self.withServer { files, endpoint in
      let tls = try ClientTLS(ca: files.ca)
      await Self.expectRefusal("the server requires a certificate of clients: give one") {
        try await call(endpoint, tls: tls)
      }
    }
  }

  @Test func `a client with a certificate by another authority is refused`() async throws {
    try await Self.withServer { files, endpoint in
      let tls = try ClientTLS(ca: files.ca, identity: files.stranger)
      await Self.expectRefusal(
        "the server does not accept this client's certificate: give one by an authority that it trusts"
      ) {
        try await call(endpoint, tls: tls)
      }
    }
  }

  /// Runs a server that takes clients by the first of the two authorities.
  private static func withServer(
    _ body: @escaping @Sendable (Certificates, Endpoint) async throws -> Void
  ) async throws {
    try await Certificates.withFolder { files in
      let tls = try ServerTLS(identity: files.server, clientCA: files.ca)
      try await TTRPCTests.withServer(tls: tls) { _, endpoint in
        try await body(files, endpoint)
      }
    }
  }

  private static func expectRefusal(
    _ message: String,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ call: () async throws -> Void
  ) async {
    let error = await #expect(throws: CallError.self, sourceLocation: sourceLocation) {
      try await call()
    }
    #expect(error?.code == .unavailable, sourceLocation: sourceLocation)
    #expect(error?.message == "The connection failed: \(message)", sourceLocation: sourceLocation)
  }
}
