import AccessTokens
import Identifiers
import Listening
import NIOCore
import NIOHTTP1
import Protobuf
import RPC
import TestHTTP
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// The rules of access are the same on every transport, and what is counted is counted for all.
@Suite struct AccessEverywhereTests {
  /// What is sent, and why it is refused; nil is served.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var error: CallError?
    /// Where it cannot be sent, or is read otherwise.
    var isOfMethods = false
    var authorization: @Sendable (Secured) throws -> String?

    var testDescription: String { self.name }
  }

  static let cases: [Case] = [
    Case(name: "a token") { "Bearer \(try $0.token(for: "alice"))" },
    Case(name: "a scheme in other case") { "bEARER \(try $0.token(for: "alice"))" },
    Case(name: "nothing", error: .tokenIsMissing) { _ in nil },
    Case(name: "a scheme alone", error: .tokenIsMissing, isOfMethods: true) { _ in "Bearer" },
    // A chat's key may have no scheme.
    Case(name: "another scheme", error: .authorizationIsMalformed, isOfMethods: true) { _ in
      "Basic YTpi"
    },
    Case(name: "no token", error: .tokenIsInvalid) { _ in "Bearer a.b.c" },
    Case(name: "a token of other keys", error: .tokenIsInvalid) { server in
      let keys = try KeyRing.create(path: server.keyFile + "-other")
      return
        "Bearer \(try TokenIssuer(keys: keys).issue(for: "alice", lifetime: .seconds(60)).text)"
    },
    Case(name: "an expired token", error: .tokenIsExpired) { server in
      let issuer = TokenIssuer(keys: server.keys, now: { .now - .seconds(3600) })
      return "Bearer \(try issuer.issue(for: "alice", lifetime: .seconds(60)).text)"
    },
    Case(name: "a revoked token", error: .tokenIsInvalid) { server in
      let token = try TokenIssuer(keys: server.keys).issue(for: "alice", lifetime: .seconds(60))
      try server.revocations.revoke(jti: token.jti, expiresAt: token.expiresAt)
      return "Bearer \(token.text)"
    },
    Case(name: "a revoked user's token", error: .tokenIsInvalid) { server in
      let token = try server.token(for: "alice")
      try server.revocations.revokeTokens(of: "alice")
      return "Bearer \(token)"
    },
    Case(
      name: "a token without the scope",
      error: CallError(
        .permissionDenied,
        "The token does not have the scope \"generate\", which SecureGenerate needs"
      )
    ) { "Bearer \(try $0.token(for: "alice", scopes: [.log, .readLogs]))" },
  ]

  @Test(arguments: Self.cases)
  func `an authorization is judged alike`(_ example: Case) async throws {
    let change = { @Sendable (rules: inout AccessRules) in rules.allowsAnonymous = false }
    try await Secured.with(change: change) { server in
      let authorization = try example.authorization(server)
      for way in example.isOfMethods ? Way.ofMethods : Way.allCases {
        let reply = try await way.generate(
          authorization: authorization,
          at: server.endpoint,
          isOpen: false
        )
        #expect(reply.isExactly(example.error), "\(way): \(reply)")
        if example.error == nil { #expect(reply.content.contains("three"), "\(way)") }
      }
    }
  }

  @Test(arguments: Way.allCases)
  func `callers without a token are served where they may be, and count as their address`(
    first: Way
  ) async throws {
    let change = { @Sendable (rules: inout AccessRules) in
      rules.anonymousLimits.requestsPerMinute = 1
    }
    try await Secured.with(change: change) { server in
      let served = try await first.generate(authorization: nil, at: server.endpoint, isOpen: true)
      #expect(served.isExactly(nil), "\(served)")
      for way in Way.allCases {
        let reply = try await way.generate(authorization: nil, at: server.endpoint, isOpen: true)
        #expect(reply.isExactly(Self.overLimit("1 requests in a minute")), "\(way): \(reply)")
      }
    }
  }

  @Test(arguments: Way.allCases)
  func `a user's requests count, and no other user's`(first: Way) async throws {
    let change = { @Sendable (rules: inout AccessRules) in rules.userLimits.requestsPerMinute = 1 }
    try await Secured.with(change: change) { server in
      let alice = "Bearer \(try server.token(for: "alice"))"
      let served = try await first.generate(authorization: alice, at: server.endpoint, isOpen: true)
      #expect(served.isExactly(nil), "\(served)")
      for way in Way.allCases {
        let reply = try await way.generate(authorization: alice, at: server.endpoint, isOpen: true)
        #expect(reply.isExactly(Self.overLimit("1 requests in a minute")), "\(way): \(reply)")
        let other = "Bearer \(try server.token(for: Identifier(way.rawValue)))"
        let others = try await way.generate(authorization: other, at: server.endpoint, isOpen: true)
        #expect(others.isExactly(nil), "\(way): \(others)")
      }
    }
  }

  @Test(arguments: Way.allCases)
  func `a user's tokens count`(first: Way) async throws {
    let change = { @Sendable (rules: inout AccessRules) in rules.userLimits.tokensPerMinute = 3 }
    try await Secured.with(change: change) { server in
      let alice = "Bearer \(try server.token(for: "alice"))"
      let served = try await first.generate(authorization: alice, at: server.endpoint, isOpen: true)
      #expect(served.isExactly(nil), "\(served)")
      for way in Way.allCases {
        let reply = try await way.generate(authorization: alice, at: server.endpoint, isOpen: true)
        #expect(reply.isExactly(Self.overLimit("3 tokens in a minute")), "\(way): \(reply)")
      }
    }
  }

  @Test(arguments: Way.allCases)
  func `a user's texts at once count, until they end`(first: Way) async throws {
    let change = { @Sendable (rules: inout AccessRules) in rules.userLimits.streams = 1 }
    try await Secured.with(change: change) { server in
      let alice = "Bearer \(try server.token(for: "alice"))"
      try await first.whileGenerating(authorization: alice, server) {
        for way in Way.allCases {
          let reply = try await way.generate(
            authorization: alice,
            at: server.endpoint,
            isOpen: true
          )
          let error = CallError(
            .resourceExhausted,
            "You have reached your limit of 1 texts at once: let one end first"
          )
          #expect(reply.isExactly(error), "\(way): \(reply)")
        }
      }
      // The server may see a moment later that the client has gone.
      while true {
        let reply = try await first.generate(
          authorization: alice,
          at: server.endpoint,
          isOpen: true
        )
        if reply.error?.code != .resourceExhausted {
          #expect(reply.isExactly(nil), "\(reply)")
          break
        }
      }
    }
  }

  @Test func `guesses count, wherever they are made`() async throws {
    try await Secured.with { server in
      let begin = ContinuousClock.now
      var guesses = 0
      for way in Way.allCases {
        var reply: Reply
        repeat {
          reply = try await way.generate(
            authorization: "Bearer a.b.c",
            at: server.endpoint,
            isOpen: true
          )
          if reply.isExactly(.tokenIsInvalid) { guesses += 1 }
        } while reply.isExactly(.tokenIsInvalid) && guesses < 1_000
        let error = CallError(
          .resourceExhausted,
          "Your address has sent too many invalid access tokens: call again later",
          retryAfter: .seconds(1)
        )
        #expect(reply.isExactly(error), "\(way): \(reply)")
        let alice = "Bearer \(try server.token(for: "alice"))"
        let good = try await way.generate(authorization: alice, at: server.endpoint, isOpen: true)
        #expect(good.isExactly(nil), "\(way): \(good)")
      }
      // Not as many for each way.
      let minutes = (ContinuousClock.now - begin) / .seconds(60)
      #expect(Double(guesses) <= Double(FailedChecks.perMinute) * (1 + minutes) + 1)
    }
  }

  static func overLimit(_ limit: String) -> CallError {
    CallError(
      .resourceExhausted,
      "You have reached your limit of \(limit): call again later",
      retryAfter: .seconds(1)
    )
  }
}

extension Way {
  /// Runs `body` while a text without an end is generated, and then leaves it.
  fileprivate func whileGenerating(
    authorization: String,
    _ server: Secured,
    _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    let method = TokenwireMethod.secureGenerate
    let path = self == .chats ? "/v1/chat/completions" : "/\(method.service)/\(method.method)"
    let request =
      self == .chats
      ? #"{"messages":[{"role":"user","content":"go"}],"stream":true,"max_tokens":1000000000}"#
      : #"{"prompt":"go","maxTokens":1000000000}"#
    switch self {
    case .native:
      let options = CallOptions(metadata: ["authorization": authorization])
      var responses = try await server.client.api
        .secureGenerate(GenerateTests.endless, options: options).makeAsyncIterator()
      _ = try await responses.next()
      try await body()
    case .grpc:
      let peer = try await GRPCPeer.connect(to: server.endpoint)
      let head = GRPCPeer.head(path, [("authorization", authorization)])
      let call = try await peer.begin(head, reads: false)
      var message = ByteBuffer()
      GenerateTests.endless.serialize(into: &message)
      call.send(GRPCPeer.frame(message))
      call.end()
      call.channel.read()
      var events = call.events.makeAsyncIterator()
      _ = await events.next()
      try await body()
      call.cancel()
      try await peer.close()
    case .http1, .chats:
      try await server.endpoint.converse { peer in
        let fields = ["Authorization: \(authorization)"]
        try await peer.say(.request("POST \(path)", fields, body: request))
        _ = try await peer.hear(until: "one")
        try await body()
      }
    case .http2:
      let peer = try await HTTP2Peer.connect(to: server.endpoint)
      let stream = try await peer.begin(
        .POST,
        path,
        ["authorization": authorization],
        body: request,
        reads: false
      )
      stream.channel.read()
      try await stream.begun.get()
      try await body()
      stream.cancel()
      try await peer.close()
    }
  }
}
