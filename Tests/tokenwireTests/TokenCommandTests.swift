import Foundation
import Subprocess
import Testing

@Suite struct TokenCommandTests {
  @Test func `a token is issued, calls, is revoked, and calls no more`() async throws {
    try await Self.withKeys { keys in
      let issued = try await keys.run(["token", "issue", "--user", "alice", "--expires", "5m"])
      #expect(issued.status == .exited(0))
      #expect(issued.errors.contains("of alice, allows generate log logs:read until 20"))
      let token = issued.output.trimmingCharacters(in: .newlines)
      try await Command.serve(environment: keys.environment) { _, address in
        let call = ["generate", "--server", address, "--max-tokens", "1", "--json", "go"]
        let accepted = try await Command.run(call, environment: ["TOKENWIRE_TOKEN": token])
        #expect(accepted.status == .exited(0))
        #expect(accepted.output.contains(#""user_id":"alice""#))
        let refused = try await Command.run(call + ["--token", "nonsense"])
        #expect(refused.errors == "Error: UNAUTHENTICATED: Token is invalid!\n")

        let revoked = try await keys.run(["token", "revoke", "--user", "alice"])
        #expect(
          revoked.errors.hasPrefix("All tokens of alice are revoked.\n[access tokens and users")
        )
        // Another process has revoked it: the server looks for that ten times a second.
        var late = try await Command.run(call, environment: ["TOKENWIRE_TOKEN": token])
        while late.status == .exited(0) {
          late = try await Command.run(call, environment: ["TOKENWIRE_TOKEN": token])
        }
        #expect(late.errors == "Error: UNAUTHENTICATED: Token is invalid!\n")
      }
      let inspected = try await keys.run(["token", "inspect", token])
      #expect(inspected.status == .exited(1))
      #expect(inspected.output.contains(#""user_id":"alice""#))
      #expect(inspected.output.hasSuffix("It does not verify: the token is revoked\n"))
    }
  }

  @Test func `keys rotate, and are shown without their secrets`() async throws {
    try await Self.withKeys { keys in
      let old = try await keys.run(["token", "issue", "--user", "alice"])
      let rotated = try await keys.run(["key", "rotate", "--algorithm", "HS512", "--overlap", "1h"])
      #expect(rotated.status == .exited(0))
      let listed = try await keys.run(["key", "list"])
      let lines = listed.output.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines.first?.contains("verifies until") == true)
      #expect(lines.last?.contains("HS512") == true && lines.last?.contains("signs") == true)
      let file = try String(contentsOfFile: keys.file, encoding: .utf8)
      let secrets = file.matches(of: /"k":"([^"]+)"/).map { String($0.1) }
      #expect(secrets.count == 2)
      #expect(!secrets.contains { listed.output.contains($0) || rotated.output.contains($0) })
      let inspected = try await keys.run(
        ["token", "inspect"],
        input: old.output
      )
      #expect(inspected.output.contains("It verifies: alice"))
    }
  }

  @Test func `what a key file has for others is told, and outlives a rotation`() async throws {
    try await Self.withKeys { keys in
      let foreign = #"{"kty":"RSA","kid":"theirs","n":"AQAB","e":"AQAB"}"#
      let made = try String(contentsOfFile: keys.file, encoding: .utf8)
      let text = made.replacing("\n]", with: ",\n\(foreign)\n]")
      // The file keeps its mode.
      try text.write(toFile: keys.file, atomically: false, encoding: .utf8)
      let notice =
        #"The key file \#(keys.file): key 2 ("theirs") is ignored: its kty is not "oct""#
      let listed = try await keys.run(["key", "list"])
      #expect(listed.status == .exited(0))
      #expect(listed.errors == "Warning: \(notice)\n")
      let rotated = try await keys.run(["key", "rotate"])
      #expect(rotated.status == .exited(0))
      #expect(try String(contentsOfFile: keys.file, encoding: .utf8).contains(foreign))
      let served = try await Command.serve(environment: keys.environment) { _, _ in }
      #expect(served.errors.contains(" notice tokenwire:"))
      #expect(served.errors.contains(notice))
    }
  }

  @Test func `what is wrong is told in one sentence`() async throws {
    try await Self.withKeys { keys in
      let again = try await keys.run(["key", "new"])
      #expect(again.status == .exited(1))
      #expect(again.errors.hasPrefix("Error: The key file \(keys.file) "))
      let scope = try await keys.run(["token", "issue", "--user", "a", "--scope", "everything"])
      #expect(scope.status == .exited(64))
      #expect(scope.errors.contains("\"everything\" is no scope"))
      let both = try await keys.run(["token", "revoke", "--user", "a", "--jti", "b"])
      #expect(both.errors.contains("give either --jti or --user"))
      #expect(chmod(keys.file, 0o644) == 0)
      for arguments in [["key", "list"], ["serve", "--generator", "scripted"]] {
        let open = try await keys.run(arguments)
        #expect(open.status == .exited(1))
        #expect(open.errors.contains("chmod 600"))
      }
      let none = try await Command.run(["key", "list"])
      #expect(none.errors.contains("--key-file is missing, and TOKENWIRE_KEY_FILE is not set"))
    }
  }

  @Test func `who calls without a token where one is needed is told how to give one`() async throws
  {
    try await Self.withKeys { keys in
      let environment = keys.environment.merging(["TOKENWIRE_ANONYMOUS": "false"]) { $1 }
      try await Command.serve(environment: environment) { _, address in
        for arguments in [["generate", "x"], ["models"], ["count", "x"], ["abort", "gen-1"]] {
          let outcome = try await Command.run(arguments + ["--server", address])
          #expect(outcome.errors.hasPrefix("Error: UNAUTHENTICATED: "), "\(outcome.errors)")
          #expect(
            outcome.errors.hasSuffix(" Give one with --token, or set TOKENWIRE_TOKEN\n"),
            "\(outcome.errors)"
          )
        }
      }
    }
  }

  @Test func `a key that has expired is told as such`() async throws {
    try await Self.withKeys { keys in
      let file = keys.file + "2"
      _ = try await Command.run(["key", "new", "--key-file", file, "--valid-for", "1s"])
      var listed = ""
      while !listed.contains("expired") {
        listed = try await Command.run(["key", "list", "--key-file", file]).output
      }
      #expect(listed.hasSuffix(", no longer signs\n"))
      let issued = try await Command.run(["token", "issue", "--key-file", file, "--user", "a"])
      #expect(issued.status == .exited(1))
      let id = try #require(listed.split(separator: " ").first)
      #expect(issued.errors.hasPrefix("Error: The key \(id), which signs, has expired on 20"))
      #expect(issued.errors.hasSuffix(": tokenwire key rotate adds one that does\n"))
    }
  }

  @Test func `scopes may be written as a token has them`() async throws {
    try await Self.withKeys { keys in
      for scopes in ["generate log", "generate,log", "generate, log"] {
        let issued = try await keys.run(["token", "issue", "--user", "a", "--scope", scopes])
        #expect(issued.errors.contains("allows generate log until"), "\(issued.errors)")
      }
    }
  }

  @Test func `a whole token is revoked by its jti`() async throws {
    try await Self.withKeys { keys in
      let issued = try await keys.run(["token", "issue", "--user", "a b"])
      let jti = try #require(issued.errors.firstMatch(of: /\[token (\S+) of "a b"/)).1
      let token = issued.output.trimmingCharacters(in: .newlines)
      for (text, message) in [
        ("\u{FEFF}Bearer \(token)\r\n", "Token \(jti) of \"a b\" is revoked.\n"),
        (token, "Token \(jti) of \"a b\" was revoked before.\n"),
      ] {
        let revoked = try await keys.run(["token", "revoke", "--jti", text])
        #expect(revoked.status == .exited(0))
        #expect(revoked.errors == message)
      }
      let inspected = try await keys.run(["token", "inspect", "--", token])
      #expect(inspected.output.hasSuffix("It does not verify: the token is revoked\n"))
      let other = try await keys.run(["token", "issue", "--user", "a", "--audience", "x"])
      let piped = try await keys.run(["token", "revoke", "--jti", "-"], input: other.output)
      #expect(piped.errors.hasSuffix("of a is revoked.\n"))
    }
  }

  @Test func `what is no name of a token or a user is not revoked`() async throws {
    try await Self.withKeys { keys in
      let token = try await keys.run(["token", "issue", "--user", "alice"]).output
        .trimmingCharacters(in: .newlines)
      let parts = token.split(separator: ".").map(String.init)
      for jti in ["", " ", "\n", parts[0], parts[0] + "." + parts[1], token + " " + token] {
        let refused = try await keys.run(["token", "revoke", "--jti", jti])
        #expect(refused.status == .exited(64), "\(jti)")
      }
      for user in ["", "  ", token] {
        let refused = try await keys.run(["token", "revoke", "--user=\(user)"])
        #expect(refused.status == .exited(64), "\(user)")
      }
      let forged = parts[0] + "." + parts[1] + "." + String(repeating: "A", count: 43)
      let refused = try await keys.run(["token", "revoke", "--jti", forged])
      #expect(refused.status == .exited(1))
      #expect(refused.errors.contains("the token's signature is wrong"))
      let unknown = try await keys.run(["token", "revoke", "--jti", "some-uuid"])
      #expect(unknown.status == .exited(0))
      #expect(unknown.errors.contains("give the whole token to be sure"))
      let inspected = try await keys.run(["token", "inspect", "--", token])
      #expect(inspected.status == .exited(0))
    }
  }

  @Test func `without its key file, nothing is revoked and no file is made`() async throws {
    try await withFolder { folder in
      let keyFile = folder + "/nowhere"
      let revoked = try await Command.run(
        ["token", "revoke", "--user", "alice", "--key-file", keyFile]
      )
      #expect(revoked.status == .exited(1))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test func `a token is looked at in times that people read, and by the server's leeway`()
    async throws
  {
    try await Self.withKeys { keys in
      let token = try await keys.run(["token", "issue", "--user", "alice", "--expires", "1h"])
        .output
      let inspected = try await keys.run(["token", "inspect", "-"], input: token)
      #expect(inspected.status == .exited(0))
      #expect(
        inspected.output.contains(/\nissued \S+Z \(\d+s ago\)\nexpires \S+Z \(in (59m|1h)\)\n/)
      )
      #expect(!FileManager.default.fileExists(atPath: keys.file + ".revoked"))
      let wrong = try await keys.run(["token", "inspect", "--leeway", "61s", "x"])
      #expect(wrong.status == .exited(64))
    }
  }

  @Test(arguments: ["\r", "\n", "\r\n", " ", "\u{FEFF}"])
  func `what comes with a token when it is copied does no harm`(around: String) async throws {
    try await LogFiles.with { files in
      let token = try await files.token(for: "alice")
      try await Command.serve(environment: files.environment) { _, address in
        let logs = ["logs", "--server", address]
        let inVariable = try await Command.run(
          logs,
          environment: ["TOKENWIRE_TOKEN": around + token + around]
        )
        #expect(inVariable.status == .exited(0), "\(inVariable.errors)")
        let inFlag = try await Command.run(logs + ["--token", "Bearer " + token + around])
        #expect(inFlag.status == .exited(0), "\(inFlag.errors)")
        let broken = try await Command.run(logs + ["--token", token + "\n" + token])
        #expect(broken.status == .exited(64))
        #expect(broken.errors.hasPrefix("Error: --token is no token: it has blanks"))
      }
    }
  }

  /// A key file, and commands that use it.
  private struct Keys {
    let file: String

    var environment: [Environment.Key: String?] { ["TOKENWIRE_KEY_FILE": self.file] }

    func run(_ arguments: [String], input: String = "") async throws -> Command.Outcome {
      try await Command.run(arguments, input: input, environment: self.environment)
    }
  }

  private static func withKeys(_ body: (Keys) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let keys = Keys(file: folder.appending(path: "keys.json").path)
    #expect(try await keys.run(["key", "new"]).status == .exited(0))
    try await body(keys)
  }
}
