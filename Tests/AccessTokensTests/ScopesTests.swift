import Identifiers
import Testing

@testable import AccessTokens

@Suite struct ScopesTests {
  @Test(
    arguments: [
      ("generate", Scopes.generate), ("log", .log), ("logs:read", .readLogs), ("admin", .admin),
    ] as [(Identifier, Scopes)]
  )
  func `scopes have names`(name: Identifier, scope: Scopes) {
    #expect(Scopes(name: name) == scope)
    #expect(scope.description == name.text)
  }

  @Test func `names are written in one order`() {
    #expect(
      Scopes([.admin, .generate, .readLogs, .log]).description == "generate log logs:read admin"
    )
    #expect(Scopes().description == "")
  }

  @Test(arguments: ["", " ", "Generate", "generate log", "logs"] as [Identifier])
  func `other names are none`(name: Identifier) {
    #expect(Scopes(name: name) == nil)
  }
}
