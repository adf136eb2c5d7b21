import Identifiers
import TestTexts
import Testing

@testable import RPC

/// Metadata and methods are compared by their bytes.
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
  func `methods are told apart`(_ first: String, _ second: String) {
    let method = MethodDescriptor(service: "s", method: Identifier(first))
    #expect(method != MethodDescriptor(service: "s", method: Identifier(second)))
  }
}
