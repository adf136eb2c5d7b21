import AccessTokens
import Identifiers
import RPC
import TestHTTP
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// Each method has the same policy on every transport.
@Suite struct MethodsEverywhereTests {
  /// A call that gets to its handler.
  struct Call: Sendable, CustomTestStringConvertible {
    var method: MethodDescriptor
    var request: String
    /// What the handler says.
    var error: CallError?
    /// Whether callers without a token may call it.
    var isOpen = false

    var testDescription: String { self.method.method.text }

    static let all = [
      Call(
        method: TokenwireMethod.generate,
        request: #"{"prompt":"go","maxTokens":3}"#,
        isOpen: true
      ),
      Call(method: TokenwireMethod.secureGenerate, request: #"{"prompt":"go","maxTokens":3}"#),
      Call(
        method: TokenwireMethod.countTokens,
        request: #"{"prompt":"three word prompt"}"#,
        isOpen: true
      ),
      Call(
        method: TokenwireMethod.detokenize,
        request: #"{"tokenIds":[1]}"#,
        error: CallError(
          .unimplemented,
          "This model's tokens are not known here: it has no vocabulary"
        ),
        isOpen: true
      ),
      Call(method: TokenwireMethod.listModels, request: "{}", isOpen: true),
      Call(
        method: TokenwireMethod.abort,
        request: #"{"generationId":"gen-0"}"#,
        error: CallError(
          .notFound,
          "generation_id \"gen-0\" is not running: it has ended, or never was"
        ),
        isOpen: true
      ),
      Call(method: TokenwireMethod.logRequest, request: #"{"prompt":"p","response":"r"}"#),
      Call(method: TokenwireMethod.queryLogs, request: "{}"),
      Call(method: TokenwireMethod.eraseLogs, request: #"{"userId":"bob"}"#),
    ]
  }

  @Test func `every method is in this suite`() {
    #expect(Set(Call.all.map(\.method)) == Set(TokenwireMethod.messages.keys))
  }

  @Test(arguments: Call.all)
  func `a call without a token is refused where no such callers are served`(
    call: Call
  ) async throws {
    let change = { @Sendable (rules: inout AccessRules) in rules.allowsAnonymous = false }
    try await Secured.with(keepsLog: true, change: change) { server in
      let native = try await Self.expectSame(call, server)
      #expect(native.error?.code == .unauthenticated)
    }
  }

  @Test(arguments: Call.all)
  func `an invalid token is refused`(call: Call) async throws {
    // `Generate` does not look at it.
    guard call.method != TokenwireMethod.generate else { return }
    try await Secured.with(keepsLog: true) { server in
      let native = try await Self.expectSame(call, server, authorization: "Bearer a.b.c")
      #expect(native.error == .tokenIsInvalid)
    }
  }

  @Test(arguments: Call.all)
  func `a token without the scope is refused`(call: Call) async throws {
    try await Secured.with(keepsLog: true) { server in
      let token = "Bearer \(try server.token(for: "alice", scopes: []))"
      let native = try await Self.expectSame(call, server, authorization: token)
      let needsNone = [TokenwireMethod.generate, TokenwireMethod.listModels, TokenwireMethod.abort]
      #expect((native.error?.code == .permissionDenied) == !needsNone.contains(call.method))
    }
  }

  @Test(arguments: Call.all)
  func `a call counts as one of its user's`(call: Call) async throws {
    let change = { @Sendable (rules: inout AccessRules) in
      rules.userLimits.requestsPerMinute = 1
      rules.anonymousLimits.requestsPerMinute = 1
    }
    for first in Way.ofMethods {
      try await Secured.with(keepsLog: true, change: change) { server in
        let scopes: Scopes = [.generate, .log, .readLogs, .admin]
        let token = "Bearer \(try server.token(for: "alice", scopes: scopes))"
        let served = try await first.call(
          call.method,
          call.request,
          authorization: token,
          at: server.endpoint
        )
        #expect(served.error?.code == call.error?.code, "\(first): \(served)")
        let native = try await Self.expectSame(call, server, authorization: token)
        #expect(native.isExactly(AccessEverywhereTests.overLimit("1 requests in a minute")))
      }
    }
  }

  @Test(arguments: Call.all.filter(\.isOpen))
  func `a call without a token counts as one of its address's`(call: Call) async throws {
    let change = { @Sendable (rules: inout AccessRules) in
      rules.anonymousLimits.requestsPerMinute = 1
    }
    for first in Way.ofMethods {
      try await Secured.with(change: change) { server in
        let served = try await first.call(call.method, call.request, at: server.endpoint)
        #expect(served.error?.code == call.error?.code, "\(first): \(served)")
        let native = try await Self.expectSame(call, server)
        #expect(native.isExactly(AccessEverywhereTests.overLimit("1 requests in a minute")))
      }
    }
  }

  @Test func `another user's entries need the scope admin, and so does erasing`() async throws {
    try await Secured.with(keepsLog: true) { server in
      let bob = "Bearer \(try server.token(for: "bob", scopes: [.log]))"
      let alice = "Bearer \(try server.token(for: "alice", scopes: [.log, .readLogs]))"
      let admin = "Bearer \(try server.token(for: "root", scopes: [.readLogs, .admin]))"
      for way in Way.ofMethods {
        _ = try await way.call(
          TokenwireMethod.logRequest,
          #"{"prompt":"the sea","response":"r"}"#,
          authorization: bob,
          at: server.endpoint
        )
      }
      let query = Call(method: TokenwireMethod.queryLogs, request: #"{"userId":"bob"}"#)
      let refused = try await Self.expectSame(query, server, authorization: alice)
      #expect(refused.error?.code == .permissionDenied)
      for way in Way.ofMethods {
        let entries = try await way.call(
          query.method,
          query.request,
          authorization: admin,
          at: server.endpoint
        )
        #expect(entries.content.split(separator: "the sea").count == 5, "\(way): \(entries)")
      }
      // The log for a browser, too.
      let path = "GET /v1/logs?user_id=bob"
      let page = try await server.endpoint.answer(
        to: .request(path, ["Authorization: \(alice)"])
      )
      let reply = Reply(methods: HTTPAnswer(status: page.status, content: page.content))
      #expect(page.status == "403" && reply.isExactly(refused.error), "\(page)")
      let all = try await server.endpoint.answer(to: .request(path, ["Authorization: \(admin)"]))
      #expect(all.status == "200" && all.split(separator: "the sea").count == 5)

      let erase = Call(method: TokenwireMethod.eraseLogs, request: #"{"userId":"bob"}"#)
      let kept = try await Self.expectSame(erase, server, authorization: alice)
      #expect(kept.error?.code == .permissionDenied)
    }
  }

  @Test(arguments: Way.ofMethods)
  func `only whose text it is can abort it, and admins`(way: Way) async throws {
    try await Secured.with { server in
      let alice = try server.token(for: "alice")
      for (authorization, mayAbort) in [
        ("Bearer \(try server.token(for: "bob"))", false), (nil, false),
        ("Bearer \(try server.token(for: "root", scopes: [.admin]))", true),
        ("Bearer \(alice)", true),
      ] {
        var responses = try await server.client.api
          .secureGenerate(GenerateTests.endless, options: server.bearing(alice)).makeAsyncIterator()
        let started = try #require(try await responses.next()?.started)
        let reply = try await way.call(
          TokenwireMethod.abort,
          #"{"generationId":"\#(started.generationID)"}"#,
          authorization: authorization,
          at: server.endpoint
        )
        let error = CallError(
          .notFound,
          "generation_id \"\(started.generationID)\" is not running: it has ended, or never was"
        )
        #expect(reply.isExactly(mayAbort ? nil : error), "\(reply)")
      }
    }
  }

  /// Makes a call on every transport, and expects the same error everywhere.
  ///
  /// - Returns: what came of it on the native wire.
  private static func expectSame(
    _ call: Call,
    _ server: Secured,
    authorization: String? = nil
  ) async throws -> Reply {
    let native = try await Way.native.call(
      call.method,
      call.request,
      authorization: authorization,
      at: server.endpoint
    )
    for way in Way.ofMethods where way != .native {
      let reply = try await way.call(
        call.method,
        call.request,
        authorization: authorization,
        at: server.endpoint
      )
      #expect(reply.isExactly(native.error), "\(way): \(reply), not \(native)")
    }
    return native
  }
}
