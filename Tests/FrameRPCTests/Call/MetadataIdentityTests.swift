import Identifiers
import TestTexts
import Testing

@testable import FrameRPC

/// Metadata, methods and addresses are compared by their bytes.
@Suite struct MetadataIdentityTests {
  @Test(arguments: CanonicallyEqual.pairs)
  func `keys and values that only look the same are two`(_ first: String, _ second: String) {
    var metadata = Metadata()
    metadata.add("1", for: Identifier(first))
    #expect(metadata[Identifier(second)] == nil)
    metadata[Identifier(second)] = "2"
    #expect(metadata[Identifier(first)] == "1")
    #expect(metadata[Identifier(second)] == "2")
    #expect(Metadata(dictionaryLiteral: ("k", first)) != Metadata(dictionaryLiteral: ("k", second)))
    let replaced = Metadata(dictionaryLiteral: (Identifier(first), "1"))
      .replacing(with: Metadata(dictionaryLiteral: (Identifier(second), "2")))
    #expect(replaced.count { _ in true } == 2)
  }

  /// U+212A, the Kelvin sign, is a "k" in lower case.
  @Test func `a key in which a letter only looks like one cannot travel`() {
    var metadata = Metadata()
    metadata["\u{212A}ey"] = "v"
    #expect(metadata["key"] == nil)
    #expect(throws: CallError.self) { try metadata.check() }
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `methods, endpoints and counts of connections are told apart`(
    _ first: String,
    _ second: String
  ) {
    let method = MethodDescriptor(service: "s", method: Identifier(first))
    #expect(method != MethodDescriptor(service: "s", method: Identifier(second)))
    #expect(Endpoint(host: first, port: 1) != Endpoint(host: second, port: 1))
    #expect(Set([Endpoint.unix(path: first), .unix(path: second)]).count == 2)
    var limits = ServerLimits()
    limits.connectionsPerAddress = 1
    let load = ServerLoad(limits)
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
