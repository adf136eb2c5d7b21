import Listening
import RPC
import Subprocess
import TestCertificates
import Testing

@Suite struct TLSCommandTests {
  @Test func `a text comes over TLS`() async throws {
    try await Certificates.withFolder { files in
      try await Command.serve(environment: files.serverEnvironment) { _, address in
        try await Self.expectText(from: address, "--tls-ca", files.ca)
      }
    }
  }

  @Test func `health is asked for over TLS`() async throws {
    try await Certificates.withFolder { files in
      try await Command.serve(environment: files.serverEnvironment) { _, address in
        let outcome = try await Command.run(["health", "--server", address, "--tls-ca", files.ca])
        #expect(outcome.status == .exited(0))
        #expect(outcome.output == "SERVING\n")
      }
    }
  }

  @Test func `a text comes over mutual TLS`() async throws {
    try await Certificates.withFolder { files in
      var environment = files.serverEnvironment
      environment["TOKENWIRE_TLS_CLIENT_CA"] = files.ca
      try await Command.serve(environment: environment) { _, address in
        let trust = ["--tls-ca", files.ca]
        let identity = files.client
        try await Self.expectText(
          from: address,
          trust + ["--tls-certificate", identity.certificate, "--tls-key", identity.key]
        )
        let outcome = try await Self.generate(address, trust)
        #expect(outcome.status == .exited(1))
        #expect(
          outcome.errors == """
            Error: UNAVAILABLE: The connection failed: the server requires a certificate of \
            clients: give one (--tls-certificate and --tls-key)

            """
        )
      }
    }
  }

  @Test func `each flag of TLS asks for it`() async throws {
    try await Command.serve { _, address in
      for flags in [["--tls"], ["--tls-server-name", "localhost"]] {
        let outcome = try await Self.generate(address, flags)
        #expect(outcome.status == .exited(1))
        #expect(outcome.errors.contains("connect without TLS if it has none (leave out --tls"))
      }
    }
  }

  @Test func `what is wrong with TLS is told with the flags for it`() async throws {
    try await Certificates.withFolder { files in
      try await Command.serve(environment: files.serverEnvironment) { _, address in
        let untrusted = try await Self.generate(address, ["--tls-ca", files.otherCA])
        #expect(untrusted.errors.hasSuffix("give the file of the authority that has (--tls-ca)\n"))
        let other = ["--tls-ca", files.ca, "--tls-server-name", "elsewhere.example"]
        let misnamed = try await Self.generate(address, other)
        #expect(misnamed.errors.hasSuffix(" as the server name (--tls-server-name)\n"))
        let plain = try await Self.generate(address, [])
        #expect(plain.errors.hasSuffix("connect with TLS (--tls)\n"))
      }
      let nameless = try await Self.generate("localhost:1", ["--tls-server-name", ""])
      #expect(nameless.status == .exited(1))
      #expect(nameless.errors.hasSuffix("is not the name of a host (--tls-server-name)\n"))
    }
  }

  @Test func `a certificate without its key is refused with the usage`() async throws {
    let outcome = try await Self.generate("localhost:1", ["--tls-certificate", "client.pem"])
    #expect(outcome.status == .exited(64))
    #expect(outcome.errors.contains("--tls-certificate and --tls-key belong together"))
  }

  @Test func `a file that cannot be used stops the start in one sentence`() async throws {
    let outcome = try await Command.run(
      [
        "serve", "--generator", "scripted", "--tls-certificate", "/nowhere", "--tls-key",
        "/nowhere",
      ]
    )
    #expect(outcome.status == .exited(1))
    #expect(
      outcome.errors
        == "Error: The certificate file /nowhere cannot be read: No such file or directory\n"
    )
  }

  @Test func `SIGHUP reads the certificate again`() async throws {
    try await Certificates.withFolder { files in
      let outcome = try await Command.serve(environment: files.serverEnvironment) {
        server,
        address in
        try await Self.expectText(from: address, "--tls-ca", files.ca)
        try files.replace(files.server, with: files.renewed)
        try server.send(.terminalClosed)
        // The signal is handled at some moment soon.
        while try await Self.generate(address, ["--tls-ca", files.otherCA]).status != .exited(0) {}
      }
      #expect(outcome.status == .exited(0))
    }
  }

  @Test func `SIGHUP without TLS ends nothing`() async throws {
    let outcome = try await Command.serve { server, address in
      try server.send(.terminalClosed)
      try await Self.expectText(from: address)
    }
    #expect(outcome.status == .exited(0))
  }

  private static func expectText(from address: String, _ flags: String...) async throws {
    try await self.expectText(from: address, flags)
  }

  private static func expectText(from address: String, _ flags: [String]) async throws {
    let outcome = try await self.generate(address, flags)
    #expect(outcome.status == .exited(0))
    #expect(outcome.output == "The quick\n")
  }

  private static func generate(
    _ address: String,
    _ flags: [String]
  ) async throws -> Command.Outcome {
    try await Command.run(["generate", "--server", address, "--max-tokens", "2", "go"] + flags)
  }
}

extension Certificates {
  /// The settings of a server with TLS.
  fileprivate var serverEnvironment: [Environment.Key: String?] {
    ["TOKENWIRE_TLS_CERTIFICATE": self.server.certificate, "TOKENWIRE_TLS_KEY": self.server.key]
  }
}
