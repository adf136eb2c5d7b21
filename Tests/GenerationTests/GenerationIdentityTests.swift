import Generation
import Identifiers
import TestTexts
import Testing

/// Requests and their texts are compared by their bytes.
@Suite struct GenerationIdentityTests {
  @Test(arguments: CanonicallyEqual.pairs)
  func `requests of which a text only looks the same are different`(
    _ first: String,
    _ second: String
  ) {
    let changes: [@Sendable (inout GenerationRequest, String) -> Void] = [
      { $0.input = .prompt($1) }, { $0.stop = [$1] },
      { $0.input = .conversation(Conversation([ChatMessage(role: .user, content: $1)])) },
      { $0.constraint = .jsonSchema($1) }, { $0.constraint = .grammar($1) },
      { $0.requester = .user(Identifier($1)) }, { $0.requester = .address(Identifier($1)) },
    ]
    for change in changes {
      var one = GenerationRequest(input: .prompt("go"))
      var other = one
      change(&one, first)
      change(&other, second)
      #expect(one != other)
      #expect(Set([one, other]).count == 2)
      change(&other, first)
      #expect(one == other && one.hashValue == other.hashValue)
    }
    #expect(GenerationDelta(text: first) != GenerationDelta(text: second))
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `a stop string is found by its bytes`(_ first: String, _ second: String) {
    var matcher = StopMatcher([first])
    #expect(matcher.append("a\(second)b").matched == nil)
    let found = matcher.append("a\(first)b")
    #expect(found.matched.map { Identifier($0) } == Identifier(first))
  }
}
