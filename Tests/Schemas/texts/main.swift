// What Tests/Schemas/check asks about schemas. Each line that it sends is of fields with tabs between
// them: how many texts to write, a seed, a schema, and texts that may be valid. Each is answered with
// a line: "refused" and why, or "accepted", a digit for each of the texts (1 where the grammar allows
// it), and the texts that were written.
import Constraints
import Glibc

/// The same numbers for the same seed (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    self.state &+= 0x9E37_79B9_7F4A_7C15
    var z = self.state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// Single bytes, and some tokens that a model has.
let tokens: [[UInt8]] =
  (0 ... 255).map { [UInt8($0)] }
  + [
    "\": ", "\",", "\":\"", "\"}", "\"]", "{}", "[]", "{\"", "[\"", ", \"", "},", "],", "é", "日",
    "🎌", "true",
    "false", "null", "the", "10", "0.5", "name", "\n  \"", "-1", "00",
  ].map { Array($0.utf8) }
let vocabulary = TokenVocabulary(tokens)

/// A text on a way through a grammar that chance decides; nil when it does not come to an end.
func write(_ grammar: Grammar, _ random: inout SplitMix) throws -> [UInt8]? {
  var matcher = try Matcher(grammar, vocabulary)
  var text: [UInt8] = []
  for step in 0 ..< 3_000 {
    if !matcher.mayGoOn { return text }
    if matcher.mayEnd, Int.random(in: 0 ..< 4, using: &random) == 0 || step > 200 { return text }
    var allowed: [Int32] = []
    try matcher.allowedTokens().forEach { allowed.append($0) }
    guard !allowed.isEmpty else { fatalError("nothing may follow \(text)") }
    // After a while those that end something come first, so that texts end.
    let ends = allowed.filter { $0 < 256 && "\"}]".utf8.contains(UInt8($0)) }
    let isHurried = step > 80 || Int.random(in: 0 ..< 4, using: &random) == 0
    let choices = isHurried && !ends.isEmpty ? ends : allowed
    let token = choices[Int.random(in: 0 ..< choices.count, using: &random)]
    let bytes = tokens[Int(token)]
    text += bytes
    try matcher.append(bytes)
    guard matcher.mayEnd || matcher.mayGoOn else {
      fatalError("\(token) was allowed after \(text)")
    }
  }
  return nil
}

func isMatch(_ text: Substring, _ grammar: Grammar) throws -> Bool {
  var matcher = try Matcher(grammar, vocabulary)
  try matcher.append(text.utf8)
  return matcher.mayEnd
}

func answer(_ line: String) -> String {
  let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
  guard fields.count >= 3, let count = Int(fields[0]), let seed = UInt64(fields[1]) else {
    return "refused\tthe line has too few fields"
  }
  do {
    let grammar = try Grammar(jsonSchema: String(fields[2]))
    let matches = try fields[3...].map { try isMatch($0, grammar) ? "1" : "0" }.joined()
    var random = SplitMix(state: seed)
    var texts: [String] = []
    for _ in 0 ..< count {
      guard let text = try write(grammar, &random) else { continue }
      guard let string = String(validating: text, as: UTF8.self) else {
        fatalError("\(text) is no UTF-8")
      }
      // White space between values may be a line feed.
      texts.append(string.replacing("\n", with: " "))
    }
    return (["accepted", matches] + texts).joined(separator: "\t")
  } catch {
    return "refused\t\(error)".replacing("\n", with: " ")
  }
}

while let line = readLine() {
  print(answer(line))
  fflush(nil)
}
