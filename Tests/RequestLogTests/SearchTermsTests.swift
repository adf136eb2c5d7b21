import Testing

@testable import RequestLog

@Suite struct SearchTermsTests {
  @Test(arguments: [
    ("blue", ["blue"]), ("blue  sky\n", ["blue", "sky"]),
    ("\"blue sky\" sea", ["blue sky", "sea"]), ("\"blue sky", ["blue sky"]), ("sk*", ["sk*"]),
    ("\"the sk\"*", ["the sk*"]),
    ("*sky", ["sky"]), ("sk**y", ["sk*", "y"]), ("b\"lu\"e", ["b", "lu", "e"]),
    ("C++ - sky", ["C++", "sky"]), ("blue\u{0}sky \"a\u{0}b\"", ["blue", "sky", "a b"]),
  ])
  func `words, phrases and beginnings are told apart`(search: String, terms: [String]) throws {
    let found = try SearchTerms(search).terms.map { $0.text + ($0.isPrefix ? "*" : "") }
    #expect(found == terms)
  }

  @Test(arguments: ["", " ", "\"\"", "+ -", "*", "🎌"])
  func `a search without words is refused`(search: String) {
    let error = #expect(throws: LogError.self) { try SearchTerms(search) }
    #expect(error?.code == .invalid)
    #expect(error?.message == "search has no word in it: punctuation alone is not found")
  }

  @Test func `a search is limited in bytes`() throws {
    #expect(try SearchTerms(String(repeating: "ä", count: 512)).terms.count == 1)
    let error = #expect(throws: LogError.self) {
      try SearchTerms(String(repeating: "ä", count: 512) + "a")
    }
    #expect(error?.message == "search may have at most 1024 bytes. Given: 1025")
  }
}
