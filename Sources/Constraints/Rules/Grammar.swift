internal import Synchronization

/// The texts that a set of rules allows. Copies share what matchers have found out about it.
public struct Grammar: Sendable {
  /// A part of an alternative.
  enum Element: Hashable, Sendable {
    case byte(UInt8)
    /// One character out of `Rules.scalarSets`.
    case scalar(Int32)
    /// One of the texts of `Rules.textSets`.
    case text(Int32)
    case rule(Int32)
    /// One of `Rules.repetitions`.
    case repetition(Int32)
    /// The members of an object, one of `Rules.memberTables`.
    case members(Int32)
    /// The name of a member, with its colon.
    case name(Int32)
    /// The rest of a name that is not declared.
    case otherName(Int32)
    /// The end of an alternative.
    case end
  }

  struct Repetition: Hashable, Sendable {
    var rule: Int32
    var minimum: Int32
    /// nil repeats without end.
    var maximum: Int32?
  }

  struct Rules: Sendable {
    /// The alternatives of all rules, one after the other, each with its end.
    var elements: [Element] = []
    /// Where in `elements` each alternative of each rule begins. Only those that some text ends.
    var alternatives: [[Int32]] = []
    /// The rule that a text follows.
    var root: Int32 = 0
    var scalarSets: [ScalarSet] = []
    /// The bytes that each of them can begin with.
    var firstBytes: [ByteSet] = []
    var textSets: [TextSet] = []
    var repetitions: [Repetition] = []
    var memberTables: [MemberTable] = []
  }

  /// What belongs to all copies.
  final class Shared: Sendable {
    let rules: Rules
    /// The automaton of each vocabulary, and how often it was made anew.
    let automata = Mutex<[Automaton]>([])

    init(_ rules: Rules) { self.rules = rules }
  }

  let shared: Shared
  /// How much was done to make it: about in proportion to the text that it was made from.
  let compilationWork: Int

  var rules: Rules { self.shared.rules }

  /// Reads a grammar in llama.cpp's GBNF, whose rule "root" a text has to follow.
  ///
  /// - Throws: `GrammarError` when it is not GBNF, has a rule twice or not at all, is too large,
  ///   allows no text, or has left recursion; and when the task is cancelled.
  public init(gbnf: String) throws(GrammarError) {
    self = try GrammarParser.grammar(of: gbnf)
  }

  init(_ rules: Rules, work: Int) {
    self.shared = Shared(rules)
    self.compilationWork = work
  }
}
