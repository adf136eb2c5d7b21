/// A text on its way through a grammar.
public struct Matcher {
  private var automaton: Automaton
  private var state: Int32

  /// - Parameter vocabulary: the tokens of the model that writes.
  /// - Throws: `GrammarError` when a text can follow the grammar in too many ways.
  public init(_ grammar: Grammar, _ vocabulary: TokenVocabulary) throws(GrammarError) {
    self.automaton = try Automaton(grammar, vocabulary)
    self.state = self.automaton.start
  }

  /// Whether the text follows the grammar to an end of it.
  public var mayEnd: Bool { self.automaton.mayEnd(self.state) }

  /// Whether there is something that may follow.
  public var mayGoOn: Bool { self.automaton.mayGoOn(self.state) }

  /// Whether some bytes may follow.
  ///
  /// - Throws: as `init`.
  public func allows(_ bytes: some Sequence<UInt8>) throws(GrammarError) -> Bool {
    try self.automaton.state(after: bytes, from: self.state) != Automaton.dead
  }

  /// The tokens that may follow, none of which is without text.
  ///
  /// - Throws: as `init`.
  public func allowedTokens() throws(GrammarError) -> TokenSet {
    try self.automaton.allowed(self.state)
  }

  /// Adds bytes to the text. After some that are not allowed it neither may end nor go on.
  ///
  /// - Throws: as `init`.
  public mutating func append(_ bytes: some Sequence<UInt8>) throws(GrammarError) {
    self.state = try self.automaton.state(after: bytes, from: self.state)
    if self.automaton.isLarge {
      self.automaton = Automaton(self.automaton, in: self.state)
      self.state = self.automaton.start
    }
  }
}
