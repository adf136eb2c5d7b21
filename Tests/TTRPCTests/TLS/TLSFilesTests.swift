import Foundation
import Listening
import RPC
import TTRPC
import TestCertificates
import Testing

@Suite struct TLSFilesTests {
  @Test func `a reload is for new connections`() async throws {
    try await Certificates.withFolder { files in
      let tls = try ServerTLS(identity: files.server)
      let (before, after) = try (ClientTLS(ca: files.ca), ClientTLS(ca: files.otherCA))
      try await withServer(tls: tls) { _, endpoint in
        let old = try await RPCClient.connect(to: endpoint, tls: before)
        try files.replace(files.server, with: files.renewed)
        #expect(try await call(endpoint, tls: before) == "hi")
        try tls.reload()
        #expect(try await call(endpoint, tls: after) == "hi")
        await #expect(throws: CallError.self) { try await call(endpoint, tls: before) }
        #expect(try await old.unary(EchoService.unary, Text("still")) == Text("still"))
        await old.close()
      }
    }
  }

  @Test func `a reload that fails leaves everything as it is`() async throws {
    try await Certificates.withFolder { files in
      let tls = try ServerTLS(identity: files.server)
      let client = try ClientTLS(ca: files.ca)
      try await withServer(tls: tls) { _, endpoint in
        try files.write("half a certifi", to: files.server.certificate)
        let error = #expect(throws: TLSError.self) { try tls.reload() }
        #expect(
          error?.message
            == "The certificate file \(files.server.certificate) holds no certificates in PEM"
        )
        #expect(try await call(endpoint, tls: client) == "hi")
      }
    }
  }

  /// Each with what is done to the files before, and the message, in which they are by their names.
  static let broken: [(String, @Sendable (Certificates) throws -> Void)] = [
    (
      "The certificate file server.pem cannot be read: No such file or directory",
      { try FileManager.default.removeItem(atPath: $0.server.certificate) }
    ),
    (
      "The certificate file server.pem holds no certificates in PEM",
      { try $0.write("", to: $0.server.certificate) }
    ),
    (
      "The certificate file server.pem holds no certificates in PEM",
      { try $0.write("-----BEGIN CERTIFICATE-----\nAAAA\n", to: $0.server.certificate) }
    ),
    (
      "The certificate file server.pem is larger than any such file",
      { try $0.write(String(repeating: "\n", count: 2_000_000), to: $0.server.certificate) }
    ),
    (
      "The key file server.key cannot be read: No such file or directory",
      { try FileManager.default.removeItem(atPath: $0.server.key) }
    ),
    (
      "The key file server.key holds no private key in PEM without a passphrase",
      { try $0.write("", to: $0.server.key) }
    ),
    (
      "The key file server.key holds no private key in PEM without a passphrase",
      { try $0.write("no key", to: $0.server.key) }
    ),
    (
      "The key file server.key can be read by every user of this machine: run chmod 600 on it, or "
        + "mount it with the mode 0440",
      { try $0.setMode(0o644, of: $0.server.key) }
    ),
    (
      "The key in server.key is not that of the certificate in server.pem",
      {
        let key = try String(contentsOfFile: $0.client.key, encoding: .utf8)
        try $0.write(key, to: $0.server.key)
      }
    ),
    (
      "The certificate file ca.pem holds no certificates in PEM",
      { try $0.write("nobody", to: $0.ca) }
    ),
  ]

  @Test(arguments: broken)
  func `a file that cannot be used is told`(
    message: String,
    breakFiles: @Sendable (Certificates) throws -> Void
  ) async throws {
    try await Certificates.withFolder { files in
      try breakFiles(files)
      let error = #expect(throws: TLSError.self) {
        try ServerTLS(identity: files.server, clientCA: files.ca)
      }
      #expect(error?.message.replacing(files.path("") + "/", with: "") == message)
    }
  }

  @Test func `a key that its group can read is used`() async throws {
    try await Certificates.withFolder { files in
      try files.setMode(0o640, of: files.server.key)
      _ = try ServerTLS(identity: files.server)
    }
  }

  @Test func `a client's files are checked, too`() async throws {
    try await Certificates.withFolder { files in
      try files.setMode(0o644, of: files.client.key)
      let key = #expect(throws: TLSError.self) {
        try ClientTLS(ca: files.ca, identity: files.client)
      }
      #expect(key?.message.hasSuffix("run chmod 600 on it, or mount it with the mode 0440") == true)
      let missing = #expect(throws: TLSError.self) { try ClientTLS(ca: "/nowhere.pem") }
      #expect(
        missing?.message
          == "The certificate file /nowhere.pem cannot be read: No such file or directory"
      )
    }
  }

  @Test(arguments: ["", "127.0.0.1", "::1"])
  func `a server name is the name of a host`(name: String) {
    let error = #expect(throws: TLSError.self) { try ClientTLS(serverName: name) }
    #expect(error?.message == "The server name \"\(name)\" is not the name of a host")
  }
}
