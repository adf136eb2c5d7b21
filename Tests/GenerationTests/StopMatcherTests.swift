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

  /// With the same rules, and a look at the whole text for each.
  @Test(arguments: 0 ..< 200)
  func `it finds what looking at the whole text finds`(seed: Int) {
    var random = Letters(state: UInt64(seed))
    let text = random.text(count: 40)
    let stops = (0 ..< 3).map { _ in random.text(count: Int.random(in: 1 ... 6, using: &random)) }
    let found = stops.compactMap { stop in
      text.firstRange(of: stop).map { (stop, begin: $0.lowerBound, end: $0.upperBound) }
    }
    let first = found.min { ($0.end, $0.begin) < ($1.end, $1.begin) }
    for size in [1, 3, 40] {
      let (before, matched) = self.run(text, stops: stops, size: size)
      #expect(before == first.map { String(text[..<$0.begin]) } ?? text, "\(stops) in \(text)")
      #expect(matched == first?.0)
    }
  }

  /// The letters a and b, which make many beginnings.
  private struct Letters: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      // Knuth's MMIX generator, whose upper bits are good.
      self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return self.state.byteSwapped
    }

    mutating func text(count: Int) -> String {
      String((0 ..< count).map { _ in self.next() % 2 == 0 ? "a" : "b" })
    }
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
