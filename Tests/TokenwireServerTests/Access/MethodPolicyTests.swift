import AccessTokens
import Generation
import Identifiers
import RPC
import TestServers
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// Each call is admitted and counted by the policy of its method.
@Suite struct MethodPolicyTests {
  /// A call of each method, where it gets to its handler.
  struct Call: Sendable, CustomTestStringConvertible {
    var method: MethodDescriptor
    var isOpen = false
    var call: @Sendable (TokenwireStub, CallOptions) async throws -> Void

    var testDescription: String { self.method.method.text }

    static let all = [
      Call(method: TokenwireMethod.generate, isOpen: true) { api, options in
        for try await _ in try await api.generate(SecureGenerateTests.request(), options: options) {
        }
      },
      Call(method: TokenwireMethod.secureGenerate) { api, options in
        let request = SecureGenerateTests.request()
        for try await _ in try await api.secureGenerate(request, options: options) {}
      },
      Call(method: TokenwireMethod.countTokens, isOpen: true) { api, options in
        let request = CountTokensRequest(input: .prompt("three word prompt"))
        _ = try await api.countTokens(request, options: options)
      },
      Call(method: TokenwireMethod.detokenize, isOpen: true) { api, options in
        do {
          _ = try await api.detokenize(DetokenizeRequest(tokenIDs: [1]), options: options)
        } catch let error as CallError where error.code == .unimplemented {
          // As far as a handler can come without a vocabulary.
        }
      },
      Call(method: TokenwireMethod.listModels, isOpen: true) { api, options in
        _ = try await api.listModels(ListModelsRequest(), options: options)
      },
      Call(method: TokenwireMethod.abort, isOpen: true) { api, options in
        do {
          _ = try await api.abort(AbortRequest(generationID: "gen-0"), options: options)
        } catch let error as CallError where error.code == .notFound {
          // As far as a handler can come without a text.
        }
      },
      Call(method: TokenwireMethod.logRequest) { api, options in
        let request = LogRequestRequest(prompt: "p", response: "r")
        _ = try await api.logRequest(request, options: options)
      },
      Call(method: TokenwireMethod.queryLogs) { api, options in
        for try await _ in try await api.queryLogs(QueryLogsRequest(), options: options) {}
      },
      Call(method: TokenwireMethod.eraseLogs) { api, options in
        _ = try await api.eraseLogs(EraseLogsRequest(userID: "bob"), options: options)
      },
    ]
  }

  @Test func `every method has a policy, and a call in this suite`() async throws {
    let generator = ScriptedGenerator(Script("one"))
    let service = GenerationService(
      models: ModelCatalog([ModelSource("m") { generator }], logger: .silent),
      logger: .silent
    )
    let offered = Set(service.definition.methods.keys)
    let policies = MethodPolicy.all.keys.filter { $0.service == TokenwireMethod.service }
    #expect(Set(policies.map(\.method)) == offered)
    #expect(Set(Call.all.map(\.method.method)) == offered)
  }

  @Test func `a server does not start with a method about which no policy says who may call it`()
    async throws
  {
    var methods = GenerationService(models: ModelCatalog([], logger: .silent), logger: .silent)
      .definition.methods
    methods["Peek"] = .unary { (request: AbortRequest, _) in request }
    let service = ServiceDefinition(name: TokenwireMethod.service, methods: methods)
    let access = AccessControl(AccessRules(), keepsLog: true, logger: .silent)
    let error = await #expect(throws: MissingPolicy.self) {
      try await withEndpoint(of: service, [access]) { _ in Issue.record("The server has started") }
    }
    #expect(error?.description.contains("tokenwire.v1.Tokenwire/Peek") == true)
  }

  @Test(arguments: Call.all)
  func `a call without a token is refused where no such callers are served`(
    call: Call
  ) async throws {
    let change = { @Sendable (rules: inout AccessRules) in rules.allowsAnonymous = false }
    try await Secured.with(keepsLog: true, change: change) { server in
      let error = await #expect(throws: CallError.self) {
        try await call.call(server.client.api, CallOptions())
      }
      #expect(error?.code == .unauthenticated)
    }
  }

  @Test(arguments: Call.all)
  func `a call with an invalid token is refused`(call: Call) async throws {
    // `Generate` does not look at it.
    guard call.method != TokenwireMethod.generate else { return }
    try await Secured.with(keepsLog: true) { server in
      await #expect(throws: CallError(.unauthenticated, "Token is invalid!")) {
        try await call.call(server.client.api, server.bearing("a.b.c"))
      }
    }
  }

  @Test(arguments: Call.all)
  func `a call counts as one of its user's`(call: Call) async throws {
    let change = { @Sendable (rules: inout AccessRules) in
      rules.userLimits.requestsPerMinute = 1
      rules.anonymousLimits.requestsPerMinute = 1
    }
    try await Secured.with(keepsLog: true, change: change) { server in
      let scopes: Scopes = [.generate, .log, .readLogs, .admin]
      let options = server.bearing(try server.token(for: "alice", scopes: scopes))
      try await call.call(server.client.api, options)
      let error = await #expect(throws: CallError.self) {
        try await call.call(server.client.api, options)
      }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.message.contains("1 requests in a minute") == true)
    }
  }

  @Test(arguments: Call.all.filter(\.isOpen))
  func `a call without a token counts as one of its address's`(call: Call) async throws {
    let change = { @Sendable (rules: inout AccessRules) in
      rules.anonymousLimits.requestsPerMinute = 1
    }
    try await Secured.with(change: change) { server in
      try await call.call(server.client.api, CallOptions())
      let error = await #expect(throws: CallError.self) {
        try await call.call(server.client.api, CallOptions())
      }
      #expect(error?.code == .resourceExhausted)
    }
  }

  @Test func `sixteen tokens that are counted count as one that is generated`() async throws {
    let change = { @Sendable (rules: inout AccessRules) in rules.userLimits.tokensPerMinute = 3 }
    try await Secured.with(change: change) { server in
      let options = server.bearing(try server.token(for: "alice"))
      func count(words: Int) async throws {
        let prompt = String(repeating: "word ", count: words)
        let request = CountTokensRequest(input: .prompt(prompt))
        _ = try await server.client.api.countTokens(request, options: options)
      }
      try await count(words: 31)
      try await count(words: 31)
      let error = await #expect(throws: CallError.self) { try await count(words: 1) }
      #expect(error?.message.contains("3 tokens in a minute") == true)
      // What has nothing to do with tokens goes on.
      _ = try await server.client.api.listModels(ListModelsRequest(), options: options)
    }
  }

  @Test func `a prompt that is only read counts as when it is counted`() async throws {
    let change = { @Sendable (rules: inout AccessRules) in rules.userLimits.tokensPerMinute = 3 }
    try await Secured.with(change: change) { server in
      let options = server.bearing(try server.token(for: "alice"))
      let prompt = String(repeating: "word ", count: 31)
      let request = GenerateRequest(input: .prompt(prompt), maxTokens: 0)
      for _ in 0 ..< 2 {
        for try await _ in try await server.client.api.secureGenerate(request, options: options) {}
      }
      let error = await #expect(throws: CallError.self) {
        for try await _ in try await server.client.api.secureGenerate(request, options: options) {}
      }
      #expect(error?.message.contains("3 tokens in a minute") == true)
    }
  }

  @Test func `only whose text it is can abort it, and admins`() async throws {
    try await Secured.with { server in
      let alice = server.bearing(try server.token(for: "alice"))
      for (user, scopes, mayAbort) in [
        ("bob", [.generate], false), (nil, [], false), ("root", [.admin], true),
        ("alice", [.generate], true),
      ] as [(Identifier?, Scopes, Bool)] {
        let options = try user.map {
          server.bearing(try server.token(for: $0, scopes: scopes))
        }
        var end: TokenwireAPI.FinishReason?
        for try await response in try await server.client.api
          .secureGenerate(GenerateTests.endless, options: alice)
        {
          if let started = response.started {
            let request = AbortRequest(generationID: started.generationID)
            do {
              _ = try await server.client.api.abort(request, options: options ?? CallOptions())
              #expect(mayAbort)
            } catch let error as CallError {
              #expect(error.code == .notFound && !mayAbort)
              break
            }
          }
          if let finished = response.finished { end = finished.finishReason }
        }
        #expect((end == .cancelled) == mayAbort)
      }
    }
  }
}
