import Generation
import Identifiers
import TestServers
import Testing

@testable import TokenwireServer

/// Models elsewhere that come and go.
@Suite struct ModelCatalogTests {
  @Test func `each model that comes is served, however often they change`() async throws {
    let caller = Caller(
      userID: "",
      isAdmin: false,
      requester: .anyone,
      admission: try UserQuotas(.none).admit("", for: .text)
    )
    let catalog = ModelCatalog([], elsewhere: [], logger: .silent)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await catalog.runElsewhere() }
      defer { group.cancelAll() }
      for round in 0 ..< 50 {
        let ids = (0 ..< 3).map { Identifier("m\($0)") }
        catalog.update(
          elsewhere: ids.map { id in
            ModelSource(id, revision: round) { ScriptedGenerator(Script("a"), model: id) }
          }
        )
        for id in ids {
          let slot = try catalog.hold(id, for: caller)
          let model = try await slot.loaded().model
          #expect(model.id == id)
          slot.release()
        }
      }
    }
  }
}
