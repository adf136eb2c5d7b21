import Testing

@testable import AccessTokens

@Suite struct ScopesTests {
  @Test(arguments: [
    ("generate", Scopes.generate), ("log", .log), ("logs:read", .readLogs), ("admin", .admin),
  ])
  func `scopes have names`(name: String, scope: Scopes) {
    #expect(Scopes(name: name) == scope)
    #expect(scope.description == name)
  }

  @Test func `names are written in one order`() {
    #expect(
      Scopes([.admin, .generate, .readLogs, .log]).description == "generate log logs:read admin"
    )
    #expect(Scopes().description == "")
  }

  @Test(arguments: ["", " ", "Generate", "generate log", "logs"])
  func `other names are none`(name: String) {
    #expect(Scopes(name: name) == nil)
  }
}
