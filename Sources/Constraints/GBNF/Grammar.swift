/// The texts that a set of rules allows.
public struct Grammar: Sendable {
  enum Element: Hashable {
    case byte(ByteSet)
    case rule(Int)
    /// The end of an alternative.
    case end
  }

  /// The alternatives of all rules, one after the other.
  let elements: [Element]
  /// Where in `elements` each alternative of each rule begins. Only those that some text ends.
  let alternatives: [[Int]]
  /// The rule that a text follows.
  let root: Int

  /// Reads a grammar in llama.cpp's GBNF, whose rule "root" a text has to follow.
  ///
  /// - Throws: `GrammarError` when it is not GBNF, has a rule twice or not at all, is too large,
  ///   allows no text, or has left recursion.
  public init(gbnf: String) throws(GrammarError) {
    let rules = try GrammarParser.rules(of: gbnf)
    var builder = GrammarBuilder()
    self.root = try builder.add(rules)
    self.elements = builder.elements
    let productive = builder.productiveAlternatives()
    self.alternatives = productive
    guard !productive[self.root].isEmpty else {
      throw GrammarError(
        "it allows no text: every text that it begins would have to go on for ever"
      )
    }
    if let name = builder.leftRecursiveRule(productive) {
      throw GrammarError("the rule \"\(name)\" can begin with itself (left recursion)")
    }
  }
}
