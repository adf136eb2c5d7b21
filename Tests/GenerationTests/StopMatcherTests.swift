import Generation
import Testing

@Suite struct StopMatcherTests {
  @Test(arguments: 1 ... 6)
  func `a stop string is found however the text is cut, and never shown in part`(size: Int) {
    let (text, matched) = run("one END two", stops: ["END"], size: size)
    #expect(text == "one ")
    #expect(matched == "END")
  }

  @Test(arguments: 1 ... 4)
  func `what only looked like the beginning of one is passed on`(size: Int) {
    let (text, matched) = run("EN ENE", stops: ["END"], size: size)
    #expect(text == "EN ENE")
    #expect(matched == nil)
  }

  @Test(arguments: 1 ... 8)
  func `the stop string that is complete first wins`(size: Int) {
    let (text, matched) = run("abcdef", stops: ["cdef", "bc"], size: size)
    #expect(text == "a")
    #expect(matched == "bc")
  }

  @Test(arguments: 1 ... 5)
  func `beginnings overlap`(size: Int) {
    let (text, matched) = run("aaab", stops: ["aab"], size: size)
    #expect(text == "a")
    #expect(matched == "aab")
  }

  @Test(arguments: 1 ... 4)
  func `characters of several bytes are stop strings too`(size: Int) {
    let (text, matched) = run("日本語。次", stops: ["。"], size: size)
    #expect(text == "日本語")
    #expect(matched == "。")
  }

  @Test func `text is held back no longer than it may begin a stop string`() {
    var matcher = StopMatcher(["END"])
    #expect(matcher.append("a E").text == "a ")
    #expect(matcher.append("N").text == "")
    #expect(matcher.append("x").text == "ENx")
    #expect(matcher.finish() == "")
  }

  private func run(_ text: String, stops: [String], size: Int) -> (String, String?) {
    var matcher = StopMatcher(stops)
    var result = ""
    var rest = text[...]
    while !rest.isEmpty {
      let output = matcher.append(String(rest.prefix(size)))
      result += output.text
      if let matched = output.matched { return (result, matched) }
      rest = rest.dropFirst(size)
    }
    return (result + matcher.finish(), nil)
  }
}
