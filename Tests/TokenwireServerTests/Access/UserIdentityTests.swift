import AccessTokens
import Identifiers
import RPC
import TestTexts
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// A user is whoever has these bytes as a name, and no other.
@Suite struct UserIdentityTests {
  private static func entry(_ prompt: String) -> LogRequestRequest {
    LogRequestRequest(prompt: prompt, response: "r")
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `a user does not read the log of one whose name looks the same`(
    _ first: String,
    _ second: String
  ) async throws {
    try await Secured.with(keepsLog: true) { server in
      let one = server.bearing(
        try server.token(for: Identifier(first), scopes: [.log, .readLogs])
      )
      let other = server.bearing(
        try server.token(for: Identifier(second), scopes: [.log, .readLogs])
      )
      _ = try await server.client.api.logRequest(Self.entry("one's secret"), options: one)
      _ = try await server.client.api.logRequest(Self.entry("other's"), options: other)
      for follows in [false, true] {
        let request = QueryLogsRequest(
          userID: first,
          order: follows ? .oldestFirst : .newestFirst,
          follow: follows
        )
        let error = await #expect(throws: CallError.self) {
          _ = try await server.client.api.queryLogs(request, options: other).collect()
        }
        #expect(error?.code == .permissionDenied)
      }
      let own = try await server.client.api.queryLogs(QueryLogsRequest(), options: other).collect()
      #expect(own.map(\.prompt) == ["other's"])
    }
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `limits are each user's, and each address's, own`(
    _ first: String,
    _ second: String
  ) throws {
    let limits = UserLimits(requestsPerMinute: 1, tokensPerMinute: 10, streams: 1)
    let quotas = UserQuotas(limits)
    _ = try quotas.admit(Identifier(first), for: .text)
    #expect(throws: CallError.self) { try quotas.admit(Identifier(first), for: .text) }
    _ = try quotas.admit(Identifier(second), for: .text)
    let checks = FailedChecks()
    for _ in 0 ..< FailedChecks.perMinute { #expect(checks.count(Identifier(first)) == nil) }
    #expect(checks.count(Identifier(first)) != nil)
    #expect(checks.count(Identifier(second)) == nil)
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `tokens of a user are revoked, and not those of one whose name looks the same`(
    _ first: String,
    _ second: String
  ) async throws {
    try await Secured.with { server in
      let one = try server.token(for: Identifier(first))
      let other = try server.token(for: Identifier(second))
      try server.revocations.revokeTokens(of: Identifier(first))
      await server.expect(.tokenIsInvalid, one)
      let started = try await server.generate(with: other).first
      guard case .started(let started)? = started?.event else {
        Issue.record("nothing has started")
        return
      }
      #expect(Identifier(started.userID) == Identifier(second))
    }
  }

  @Test func `a scheme is a word of ASCII, and ends with a space`() throws {
    func token(_ authorization: String) -> String? {
      let context = CallContext(
        method: TokenwireMethod.secureGenerate,
        metadata: ["authorization": authorization]
      )
      guard case .token(let token) = context.accessToken() else { return nil }
      return token
    }
    #expect(token("bEARER x") == "x")
    // The space and the accent are one character for Swift.
    #expect(token("Bearer \u{301}x") == "\u{301}x")
    #expect(token("Bea\u{72}\u{325}er x") == nil)
  }
}
