import Foundation
public import Listening
import Subprocess
import SystemPackage

/// A folder with certificates, for one test.
///
/// They are made once in a run of the tests, by `openssl`, so that none of them is old.
public struct Certificates: Sendable {
  private let folder: URL

  /// Whom servers and clients trust.
  public var ca: String { self.path("ca.pem") }
  /// Another authority.
  public var otherCA: String { self.path("other-ca.pem") }
  /// For localhost, by `ca`.
  public var server: TLSIdentity { self.identity("server") }
  /// For localhost, by `otherCA`.
  public var renewed: TLSIdentity { self.identity("renewed") }
  /// For localhost, by `ca`, until yesterday.
  public var expired: TLSIdentity { self.identity("expired") }
  /// For elsewhere.example, by `ca`.
  public var elsewhere: TLSIdentity { self.identity("elsewhere") }
  /// For *.example.com, by `ca`.
  public var wildcard: TLSIdentity { self.identity("wildcard") }
  /// For localhost, by an authority that `ca` has certified and that is in the same file.
  public var chained: TLSIdentity { self.identity("chained") }
  /// For a client, by `ca`.
  public var client: TLSIdentity { self.identity("client") }
  /// For a client, by `otherCA`.
  public var stranger: TLSIdentity { self.identity("stranger") }

  /// A path in the folder.
  public func path(_ name: String) -> String {
    self.folder.appendingPathComponent(name).path
  }

  private func identity(_ name: String) -> TLSIdentity {
    TLSIdentity(certificate: self.path("\(name).pem"), key: self.path("\(name).key"))
  }

  /// Puts the certificate and the key of `new` where those of `old` are.
  public func replace(_ old: TLSIdentity, with new: TLSIdentity) throws {
    try self.write(
      try String(contentsOfFile: new.certificate, encoding: .utf8),
      to: old.certificate
    )
    try self.write(try String(contentsOfFile: new.key, encoding: .utf8), to: old.key)
  }

  /// Writes a file, which only this user can read.
  public func write(_ content: String, to path: String) throws {
    try content.write(toFile: path, atomically: false, encoding: .utf8)
    try self.setMode(0o600, of: path)
  }

  /// Sets who may use a file.
  public func setMode(_ mode: Int, of path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  /// Has the folder there while `body` runs.
  @discardableResult
  public static func withFolder<Result>(
    _ body: (Certificates) async throws -> Result
  ) async throws -> Result {
    let files = try await self.files.value
    return try await Self.withTemporaryFolder { folder in
      let certificates = Certificates(folder: folder)
      for (name, content) in files {
        try certificates.write(content, to: certificates.path(name))
      }
      return try await body(certificates)
    }
  }

  private static let files = Task {
    try await Self.withTemporaryFolder { folder in
      let outcome = try await Subprocess.run(
        .name("bash"),
        arguments: ["-c", certificateScript],
        workingDirectory: FilePath(folder.path),
        output: .discarded,
        error: .string(limit: 1 << 16)
      )
      guard outcome.terminationStatus.isSuccess else {
        throw ScriptFailure(errors: outcome.standardError)
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      return try Dictionary(
        uniqueKeysWithValues: names.map {
          ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8))
        }
      )
    }
  }

  private static func withTemporaryFolder<Result>(
    _ body: (URL) async throws -> Result
  ) async throws -> Result {
    // Short, because the paths of sockets must be.
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tw-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
  }

  private struct ScriptFailure: Error {
    let errors: String
  }
}
