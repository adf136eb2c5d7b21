import Generation
import Identifiers
import Testing

@Suite struct GenerationErrorTests {
  @Test(arguments: [
    (String(repeating: "m", count: 64), String(repeating: "m", count: 64)),
    (String(repeating: "m", count: 65), String(repeating: "m", count: 64) + "..."),
    (String(repeating: "e\u{301}", count: 1000), String(repeating: "e\u{301}", count: 32) + "..."),
  ])
  func `of a long name, an error shows the beginning`(name: String, shown: String) {
    let error = GenerationError.unknownModel(Identifier(name), known: ["m"])
    #expect(error.message == "model \"\(shown)\" is not known here; known: \"m\"")
  }
}
