import Identifiers
import Listening
import Testing
import TokenwireServer

@Suite struct SecuritySettingsTests {
  static let secured: [Setting: String] = [.tlsCertificate: "server.pem", .tlsKey: "server.key"]

  @Test(arguments: [
    "127.0.0.1:1", "127.1.2.3:1", "[::1]:1", "localhost:1", "unix:/run/tokenwire.sock",
  ])
  func `what only this machine reaches needs no TLS`(address: String) async throws {
    let configuration = try await Self.configuration([.listen: address])
    #expect(configuration.listen == Endpoint(address))
    #expect(configuration.tls == nil)
  }

  @Test(arguments: ["0.0.0.0:1", "[::]:1", "192.168.0.1:1", "example.com:1"])
  func `what others reach needs TLS, or an explicit word`(address: String) async throws {
    let error = await #expect(throws: ConfigurationError.self) {
      try await Self.configuration([.listen: address])
    }
    #expect(
      error?.message == """
        Other machines reach \(address), and whoever is on the way could read what they send: give \
        --tls-certificate and --tls-key, or --insecure (TOKENWIRE_INSECURE, or "insecure" in the \
        file) to listen without TLS
        """
    )
    let insecure = try await Self.configuration([.listen: address, .insecure: "true"])
    #expect(insecure.listen == Endpoint(address))
    #expect(insecure.tls == nil)
    let secured = try await Self.configuration(Self.secured.merging([.listen: address]) { $1 })
    #expect(secured.listen == Endpoint(address))
  }

  @Test func `the explicit word may come from the environment`() async throws {
    let environment: [Identifier: String] = ["TOKENWIRE_INSECURE": "true"]
    _ = try await Self.configuration([.listen: "0.0.0.0:1"], environment: environment)
    await #expect(throws: ConfigurationError.self) {
      try await Self.configuration(
        [.listen: "0.0.0.0:1", .insecure: "false"],
        environment: environment
      )
    }
  }

  @Test func `files of TLS are taken as they are given`() async throws {
    let identity = TLSIdentity(certificate: "server.pem", key: "server.key")
    let tls = try await Self.configuration(Self.secured).tls
    #expect(tls == ServerConfiguration.TLS(identity: identity))
    let mutual = try await Self.configuration(Self.secured.merging([.tlsClientCa: "ca.pem"]) { $1 })
    #expect(mutual.tls == ServerConfiguration.TLS(identity: identity, clientCA: "ca.pem"))
  }

  private static func configuration(
    _ flags: [Setting: String],
    environment: [Identifier: String] = [:]
  ) async throws -> ServerConfiguration {
    try await ServerConfiguration(
      flags: flags.merging([.generator: "scripted"]) { $1 },
      environment: environment,
      file: nil
    )
  }
}
