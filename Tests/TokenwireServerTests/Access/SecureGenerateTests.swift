import AccessTokens
import Generation
import Identifiers
import Logging
import RPC
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

@Suite struct SecureGenerateTests {
  @Test func `a token generates, and the stream says whose it is`() async throws {
    try await Secured.with { server in
      let token = try server.token(for: "alice")
      for options in [server.bearing(token), server.bearing(token, scheme: "bEaReR")] {
        let responses = try await server.client.api
          .secureGenerate(Self.request(), options: options).collect()
        #expect(responses.first?.started?.userID == "alice")
        #expect(responses.map(\.text).joined() == "one two three")
      }
    }
  }

  @Test func `a client that cannot send metadata puts the token into the message`() async throws {
    try await Secured.with { server in
      let inMessage = Self.request(token: try server.token(for: "alice"))
      let responses = try await server.client.api.secureGenerate(inMessage).collect()
      #expect(responses.first?.started?.userID == "alice")
      // Metadata wins.
      let both = try await server.client.api
        .secureGenerate(inMessage, options: server.bearing(server.token(for: "bob"))).collect()
      #expect(both.first?.started?.userID == "bob")
    }
  }

  @Test func `a call without a token is told so`() async throws {
    try await Secured.with { server in
      await server.expect(CallError(.unauthenticated, "Token is missing!"), nil)
      await server.expect(CallError(.unauthenticated, "Token is missing!"), "")
      let token = try server.token(for: "alice")
      for value in ["Basic YTpi", token, "Bearer,\(token)", "Bear \(token)"] {
        await server.expect(
          .authorizationIsMalformed,
          options: CallOptions(metadata: ["authorization": value])
        )
        let entry = try #require(await server.nextLogEntry())
        #expect(entry.metadata["reason"] == "its authorization is not \"Bearer <token>\"")
        #expect(!"\(entry)".contains(token))
      }
    }
  }

  @Test func `blanks before a token, and a field that is empty, are passed over`() async throws {
    try await Secured.with { server in
      let token = try server.token(for: "alice")
      for value in ["Bearer  \(token)", "bearer\t\(token)", " Bearer \t \(token) \t"] {
        let options = CallOptions(metadata: ["authorization": value])
        let responses = try await server.client.api
          .secureGenerate(Self.request(), options: options).collect()
        #expect(responses.first?.started?.userID == "alice")
      }
      for value in ["", " ", "Bearer", "Bearer ", "Basic YTpi"] {
        let options = CallOptions(metadata: ["authorization": value])
        let responses = try await server.client.api
          .secureGenerate(Self.request(token: token), options: options).collect()
        #expect(responses.first?.started?.userID == "alice")
      }
    }
  }

  @Test(arguments: ["\r", "\n", "\r\n", " ", "\u{FEFF}"])
  func `a token with something around it is invalid, and both sides learn why`(
    around: String
  ) async throws {
    try await Secured.with { server in
      let token = try server.token(for: "alice")
      for text in [token + around, around + token] {
        let error = await #expect(throws: CallError.self) {
          _ = try await server.client.api.secureGenerate(Self.request(token: text)).collect()
        }
        #expect(error == .tokenIsNotTrimmed)
        #expect(
          await server.nextLogEntry()?.metadata["reason"]
            == "the token has white space, a line end or a byte-order mark around it"
        )
      }
    }
  }

  @Test func `a good token is served, however many from its address are not`() async throws {
    try await Secured.with { server in
      let token = try server.token(for: "alice")
      var error: CallError?
      var count = 0
      repeat {
        error = await #expect(throws: CallError.self) { try await server.generate(with: "a.b.c") }
        count += 1
      } while error == .tokenIsInvalid && count < 1_000
      #expect(error?.code == .resourceExhausted)
      #expect(try await server.generate(with: token).isEmpty == false)
    }
  }

  @Test func `a token that has expired is told so`() async throws {
    try await Secured.with { server in
      let issuer = TokenIssuer(keys: server.keys, now: { .now - .seconds(3600) })
      let token = try issuer.issue(for: "alice", lifetime: .seconds(60)).text
      await server.expect(CallError(.unauthenticated, "Token is expired!"), token)
    }
  }

  @Test func `a token without the scope is told which it lacks`() async throws {
    try await Secured.with { server in
      let token = try server.token(for: "alice", scopes: [.log, .readLogs])
      await server.expect(
        CallError(
          .permissionDenied,
          "The token does not have the scope \"generate\", which SecureGenerate needs"
        ),
        token
      )
    }
  }

  @Test func `a token that says nothing of scopes may generate`() async throws {
    try await Secured.with { server in
      let token = try server.token(for: "alice", scopes: nil)
      #expect(try await server.generate(with: token).isEmpty == false)
    }
  }

  @Test func `a revoked token is refused at once, and so are all of a user's`() async throws {
    try await Secured.with { server in
      let issuer = TokenIssuer(keys: server.keys)
      let one = try issuer.issue(for: "alice", lifetime: .seconds(60))
      let other = try issuer.issue(for: "alice", lifetime: .seconds(60))
      _ = try await server.generate(with: one.text)
      try server.revocations.revoke(jti: one.jti, expiresAt: one.expiresAt)
      await server.expect(CallError(.unauthenticated, "Token is invalid!"), one.text)
      _ = try await server.generate(with: other.text)
      try server.revocations.revokeTokens(of: "alice")
      await server.expect(CallError(.unauthenticated, "Token is invalid!"), other.text)
      _ = try await server.generate(with: server.token(for: "bob"))
    }
  }

  @Test func `keys rotate without a restart, and old tokens stay good`() async throws {
    try await Secured.with { server in
      let old = try server.token(for: "alice")
      // Another process, such as the command, changes the file.
      let elsewhere = try KeyRing(path: server.keyFile)
      try elsewhere.rotate(overlap: .seconds(3600))
      let new = try TokenIssuer(keys: elsewhere).issue(for: "bob", lifetime: .seconds(60)).text
      await server.expect(CallError(.unauthenticated, "Token is invalid!"), new)
      try server.keys.reload()
      for token in [old, new] { _ = try await server.generate(with: token) }
    }
  }

  @Test func `a server without keys refuses every token`() async throws {
    let generator = ScriptedGenerator(Script("one"))
    try await Secured.with { keyed in
      let token = try keyed.token(for: "alice")
      try await withEndpoint(of: generator) { endpoint in
        try await withClient(of: endpoint) { client in
          let error = await #expect(throws: CallError.self) {
            let options = keyed.bearing(token)
            _ = try await client.api.secureGenerate(Self.request(), options: options).collect()
          }
          #expect(error == CallError(.unauthenticated, "Token is invalid!"))
        }
      }
    }
  }

  @Test func `callers without a token can be refused`() async throws {
    let change: @Sendable (inout AccessRules) -> Void = { $0.allowsAnonymous = false }
    try await Secured.with(change: change) { server in
      await #expect(
        throws: CallError(
          .unauthenticated,
          "Generate serves no callers without a token here: call SecureGenerate"
        )
      ) {
        try await server.client.generate("go", maxTokens: 1).collect()
      }
      _ = try await server.generate(with: server.token(for: "alice"))
    }
  }

  @Test func `users have limits of their own, and callers without a token have theirs`()
    async throws
  {
    let one = UserLimits(requestsPerMinute: 1, tokensPerMinute: 1_000, streams: 8)
    let change: @Sendable (inout AccessRules) -> Void = {
      $0.userLimits = one
      $0.anonymousLimits = one
    }
    try await Secured.with(change: change) { server in
      let token = try server.token(for: "alice")
      _ = try await server.generate(with: token)
      let error = await #expect(throws: CallError.self) {
        try await server.generate(with: token)
      }
      #expect(error?.code == .resourceExhausted)
      #expect((error?.retryAfter ?? .zero) > .zero)
      _ = try await server.generate(with: server.token(for: "bob"))
      _ = try await server.client.generate("go", maxTokens: 1).collect()
      let anonymous = await #expect(throws: CallError.self) {
        try await server.client.generate("go", maxTokens: 1).collect()
      }
      #expect(anonymous?.code == .resourceExhausted)
    }
  }

  @Test func `tokens that were generated count`() async throws {
    let change: @Sendable (inout AccessRules) -> Void = {
      $0.userLimits = UserLimits(requestsPerMinute: 1_000, tokensPerMinute: 3, streams: 8)
    }
    try await Secured.with(change: change) { server in
      let token = try server.token(for: "alice")
      _ = try await server.generate(with: token)
      let error = await #expect(throws: CallError.self) {
        try await server.generate(with: token)
      }
      #expect(error?.message.contains("3 tokens in a minute") == true)
    }
  }

  @Test func `guessing is slow, and does not fill the log`() async throws {
    try await Secured.with { server in
      var guesses = 0
      var error: CallError?
      repeat {
        error = await #expect(throws: CallError.self) { try await server.generate(with: "guess") }
        guesses += 1
      } while error == .tokenIsInvalid && guesses < 1_000
      #expect(error?.code == .resourceExhausted)
      #expect((error?.retryAfter ?? .zero) > .zero)
      // Those that were looked at are in the log, and the last is not.
      for _ in 1 ..< guesses {
        #expect(await server.nextLogEntry()?.message == "A token was refused")
      }
    }
  }

  static func request(token: String = "") -> GenerateRequest {
    GenerateRequest(input: .prompt("go"), maxTokens: 3, accessToken: token)
  }
}
