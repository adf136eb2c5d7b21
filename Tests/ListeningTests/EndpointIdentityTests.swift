import Identifiers
import TestTexts
import Testing

@testable import Listening

/// Addresses are compared by their bytes.
@Suite struct EndpointIdentityTests {
  @Test(arguments: CanonicallyEqual.pairs)
  func `endpoints and counts of connections are told apart`(_ first: String, _ second: String) {
    #expect(Endpoint(host: first, port: 1) != Endpoint(host: second, port: 1))
    #expect(Set([Endpoint.unix(path: first), .unix(path: second)]).count == 2)
    let load = ConnectionLoad(ConnectionLimits(connectionsPerAddress: 1))
    guard
      case .accepted = load.admit(Identifier(first)),
      case .accepted = load.admit(Identifier(second)),
      case .refused = load.admit(Identifier(first))
    else {
      Issue.record("addresses share their connections")
      return
    }
  }

  /// For Swift, a "/" with an accent after it is another character.
  @Test func `a path may begin with an accent`() {
    #expect(Endpoint("unix:/\u{301}a") == .unix(path: "/\u{301}a"))
    #expect(Endpoint("h\u{301}:1") == Endpoint(host: "h\u{301}", port: 1))
  }
}
