import Identifiers
import Listening
import Testing

@testable import tokenwire

@Suite struct SecuritySettingsTests {
  static let secured: [Identifier: String] = [
    "tlsCertificate": "server.pem", "tlsKey": "server.key",
  ]

  @Test(arguments: [
    "127.0.0.1:1", "127.1.2.3:1", "[::1]:1", "localhost:1", "unix:/run/tokenwire.sock",
  ])
  func `what only this machine reaches needs no TLS`(address: String) throws {
    let configuration = try Self.configuration(["listen": address])
    #expect(configuration.listen == Endpoint(address))
    #expect(configuration.tls == nil)
  }

  @Test(arguments: ["0.0.0.0:1", "[::]:1", "192.168.0.1:1", "example.com:1"])
  func `what others reach needs TLS, or an explicit word`(address: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try Self.configuration(["listen": address])
    }
    #expect(
      error?.message == """
        Other machines reach \(address), and whoever is on the way could read what they send: give \
        --tls-certificate and --tls-key, or --insecure (TOKENWIRE_INSECURE, or "insecure" in the \
        file) to listen without TLS
        """
    )
    let insecure = try Self.configuration(["listen": address, "insecure": "true"])
    #expect(insecure.listen == Endpoint(address))
    #expect(insecure.tls == nil)
    let secured = try Self.configuration(Self.secured.merging(["listen": address]) { $1 })
    #expect(secured.listen == Endpoint(address))
  }

  @Test func `the explicit word may come from the environment`() throws {
    let environment: [Identifier: String] = ["TOKENWIRE_INSECURE": "true"]
    _ = try Self.configuration(["listen": "0.0.0.0:1"], environment: environment)
    #expect(throws: ConfigurationError.self) {
      try Self.configuration(
        ["listen": "0.0.0.0:1", "insecure": "false"],
        environment: environment
      )
    }
  }

  @Test func `files of TLS are taken as they are given`() throws {
    let identity = TLSIdentity(certificate: "server.pem", key: "server.key")
    let tls = try Self.configuration(Self.secured).tls
    #expect(tls == ServerConfiguration.TLS(identity: identity))
    let mutual = try Self.configuration(Self.secured.merging(["tlsClientCa": "ca.pem"]) { $1 })
    #expect(mutual.tls == ServerConfiguration.TLS(identity: identity, clientCA: "ca.pem"))
  }

  private static func configuration(
    _ flags: [Identifier: String],
    environment: [Identifier: String] = [:]
  ) throws -> ServerConfiguration {
    try ServerConfiguration(
      flags: flags.merging(["generator": "scripted"]) { $1 },
      environment: environment,
      file: nil
    )
  }
}
