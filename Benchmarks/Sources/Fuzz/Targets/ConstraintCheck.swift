@testable import Constraints

/// Whatever a constraint is: compiling it and following it costs about as much as there is text,
/// beside what the limits of docs/generation.md allow any text.
struct ConstraintCheck {
  /// What may be used for each byte of the text, and beside that.
  struct Limit<Amount: Sendable>: Sendable {
    var perByte: Amount
    var base: Amount
  }

  /// Of the processor.
  var compilingTime: Limit<Duration>
  /// Counted steps of compiling: the same on every machine.
  var compilingWork: Limit<Int>
  var memory: Limit<Int>

  /// Of the texts that are tried. In larger ones what grows with the square of the text would show
  /// better, but fewer could be tried.
  static let textSize = 64 << 10

  // Compiling takes less than a microsecond for a byte of most texts, and about 200 bytes of memory, with
  // what libFuzzer adds to the program. The limits are ten and five times that: a slow machine, or one
  // whose caches others fill, does not fail.

  /// The base is for what docs/generation.md allows in a schema of any length: choices that multiply,
  /// comparisons of values, and patterns that have to hold together, which take half a second each.
  static let schemas = ConstraintCheck(
    compilingTime: Limit(perByte: .microseconds(10), base: .milliseconds(1_500)),
    compilingWork: Limit(perByte: 250, base: 6_000_000),
    memory: Limit(perByte: 1_000, base: 32 << 20)
  )

  /// Nothing in a grammar is more than its text.
  static let grammars = ConstraintCheck(
    compilingTime: Limit(perByte: .microseconds(10), base: .milliseconds(20)),
    compilingWork: Limit(perByte: 40, base: 500),
    memory: Limit(perByte: 1_000, base: 8 << 20)
  )

  /// Of following a constraint for a few tokens, however long it is: the budget of a matcher for its
  /// whole text takes less than a second, and it forgets when it knows much.
  private static let followingTime = Duration.seconds(3)
  private static let followingMemory = 32 << 20

  /// Every byte, and tokens of several.
  private static let tokens =
    (0 ... 255).map { [UInt8($0)] }
    + ["\": ", "aa", "aaaa", "true", "{\"", "é"].map { Array($0.utf8) }
  private static let vocabulary = TokenVocabulary(tokens)

  /// - Parameter compile: nil is a text that is refused, which costs no more than others.
  func run(_ text: String, _ compile: () -> Grammar?) {
    let size = text.utf8.count
    var grammar: Grammar?
    let compiling = Cost.measure { grammar = compile() }
    self.expect(
      compiling.time,
      self.compilingTime.base + self.compilingTime.perByte * size,
      size,
      "time of compiling"
    )
    self.expect(
      compiling.memory,
      self.memory.base + self.memory.perByte * size,
      size,
      "memory of compiling"
    )
    guard let grammar else { return }
    let work = self.compilingWork.base + self.compilingWork.perByte * size
    self.expect(grammar.compilationWork, work, size, "steps of compiling")
    let following = Cost.measure { Self.follow(grammar) }
    self.expect(following.time, Self.followingTime, size, "time of following")
    self.expect(following.memory, Self.followingMemory, size, "memory of following")
  }

  private func expect<Amount: Comparable>(
    _ amount: Amount,
    _ limit: Amount,
    _ size: Int,
    _ what: String
  ) {
    fail("\(what): \(amount) for \(size) bytes of text is over \(limit)", unless: amount < limit)
  }

  /// Writes a text of some tokens that are allowed.
  private static func follow(_ grammar: Grammar) {
    guard var matcher = try? Matcher(grammar, self.vocabulary) else { return }
    for step in 0 ..< 20 {
      guard let allowed = try? matcher.allowedTokens() else { return }
      var numbers: [Int32] = []
      allowed.forEach { numbers.append($0) }
      fail("it neither may end nor go on", unless: matcher.mayEnd || !numbers.isEmpty)
      guard !numbers.isEmpty else { return }
      let token = self.tokens[Int(numbers[step * 7 % numbers.count])]
      guard (try? matcher.append(token)) != nil else { return }
      fail("an allowed token is not", unless: matcher.mayEnd || matcher.mayGoOn)
    }
    let memory = matcher.memorySize
    fail("\(memory) is remembered", unless: memory.places < 3_000_000 && memory.states < 200_000)
  }
}
