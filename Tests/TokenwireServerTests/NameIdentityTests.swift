import Generation
import Identifiers
import Logging
import RPC
import TTRPC
import TestServers
import TestTexts
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// Names of models, generations, services and roles are compared by their bytes.
@Suite struct NameIdentityTests {
  @Test(arguments: CanonicallyEqual.pairs)
  func `models whose names look the same are two`(_ first: String, _ second: String) async throws {
    func source(_ name: String, says text: String) -> ModelSource {
      ModelSource(Identifier(name)) {
        ScriptedGenerator(Script(text), model: Identifier(name))
      }
    }
    let server = TokenwireServer(
      listen: .anyPort,
      transports: [TTRPCTransport()],
      timeouts: .patient,
      logger: .silent,
      models: [source(first, says: "one"), source(second, says: "two")]
    )
    try await RunningServer.with(server) { server in
      #expect(await server.ready.first { _ in true } == [Identifier(first), Identifier(second)])
      try await withClient(of: server.address) { client in
        for (name, text) in [(first, "one"), (second, "two")] {
          let request = GenerateRequest(model: name, input: .prompt("go"))
          let said = try await client.text(request)
          #expect(said == text)
        }
      }
    }
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `a model is not found by a name that only looks like its own`(
    _ first: String,
    _ second: String
  ) throws {
    let models = ModelCatalog(
      [
        ModelSource(Identifier(first)) {
          ScriptedGenerator(Script("one"), model: Identifier(first))
        }
      ],
      logger: .silent
    )
    let caller = Caller(
      userID: "",
      isAdmin: false,
      requester: .anyone,
      admission: try UserQuotas(.none).admit("", for: .text)
    )
    #expect(try models.hold(Identifier(first), for: caller).id == Identifier(first))
    let error = #expect(throws: GenerationError.self) {
      try models.hold(Identifier(second), for: caller)
    }
    #expect(error?.code == .modelNotFound)
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `a generation is ended by its own name, and by its own user`(
    _ first: String,
    _ second: String
  ) throws {
    func caller(_ name: String) throws -> Caller {
      Caller(
        userID: Identifier(name),
        isAdmin: false,
        requester: .user(Identifier(name)),
        admission: try UserQuotas(.none).admit(Identifier(name), for: .call)
      )
    }
    let running = RunningGenerations()
    let buffer = EventBuffer(capacity: 1) {}
    let owner = try caller(first)
    running.add(buffer.events(), id: Identifier(first), of: owner.requester)
    #expect(!running.abort(Identifier(second), for: owner))
    #expect(try !running.abort(Identifier(first), for: caller(second)))
    #expect(running.abort(Identifier(first), for: owner))
  }

  @Test(arguments: ["to\u{212A}enwire.v1.Tokenwire", "tokenwire.v1.To\u{212A}enwire"])
  func `a service is known by its own name`(_ name: String) async throws {
    let checks = HealthChecks(HealthStatus())
    let context = CallContext(method: HealthMethod.check)
    let error = await #expect(throws: CallError.self) {
      try await checks.check(HealthCheckRequest(service: name), context: context)
    }
    #expect(error?.code == .notFound)
  }

  @Test func `a role is one of the words, to the byte`() throws {
    for role in ["us\u{65}\u{327}r", "User", "\u{FF55}ser"] {
      let messages = ChatMessages(messages: [TokenwireAPI.ChatMessage(role: role, content: "go")])
      let error = #expect(throws: CallError.self) {
        try GenerationInput(GenerateRequest.Input.messages(messages))
      }
      #expect(error?.message.hasPrefix("messages[0].role is") == true)
    }
  }
}
