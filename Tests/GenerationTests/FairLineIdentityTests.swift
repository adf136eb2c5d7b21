import Generation
import Identifiers
import TestTexts
import Testing

@Suite struct FairLineIdentityTests {
  @Test(arguments: CanonicallyEqual.pairs)
  func `users whose names look the same take turns`(_ first: String, _ second: String) {
    var line = FairLine<String>()
    line.append("a1", of: .user(Identifier(first)))
    line.append("a2", of: .user(Identifier(first)))
    line.append("b1", of: .user(Identifier(second)))
    #expect(line.heads.map(\.element) == ["a1", "b1"])
  }
}
