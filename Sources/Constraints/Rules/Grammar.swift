public import Identifiers
internal import Synchronization

/// A set of rules for texts. Copies share what matchers have learned about it.
public struct Grammar: Sendable {
  /// A part of an alternative.
  enum Element: Hashable, Sendable {
    case byte(UInt8)
    /// One character of a set in `Rules.scalarSets`.
    case scalar(Int32)
    /// One text of a set in `Rules.textSets`.
    case text(Int32)
    case rule(Int32)
    /// One of `Rules.repetitions`.
    case repetition(Int32)
    /// The members of an object, one of `Rules.memberTables`.
    case members(Int32)
    /// The name of a member, with its colon.
    case name(Int32)
    /// The rest of an undeclared name.
    case otherName(Int32)
    /// The end of an alternative.
    case end
  }

  struct Repetition: Hashable, Sendable {
    var rule: Int32
    var minimum: Int32
    /// Nil repeats without limit.
    var maximum: Int32?
  }

  struct Rules: Sendable {
    /// The alternatives of all rules in sequence, each with its end.
    var elements: [Element] = []
    /// Where in `elements` each rule's alternatives begin, without those that no text matches.
    var alternatives: [[Int32]] = []
    /// The rule that the whole text matches.
    var root: Int32 = 0
    var scalarSets: [ScalarSet] = []
    /// The bytes that each set can begin with.
    var firstBytes: [ByteSet] = []
    var textSets: [TextSet] = []
    var repetitions: [Repetition] = []
    var memberTables: [MemberTable] = []
  }

  /// What all copies share.
  final class Shared: Sendable {
    let rules: Rules
    /// The automaton of each vocabulary.
    let automata = Mutex<[Automaton]>([])

    init(_ rules: Rules) { self.rules = rules }
  }

  let shared: Shared
  /// The work of compiling it, about proportional to the size of its text.
  let compilationWork: Int

  var rules: Rules { self.shared.rules }

  /// Parses a grammar in llama.cpp's GBNF; a text must match its rule "root".
  ///
  /// - Throws: `GrammarError` when it is not GBNF, has a duplicate or missing rule, is too large,
  ///   allows no text, or has left recursion; and when the task is cancelled.
  public init(gbnf: String) throws(GrammarError) {
    self = try GrammarParser.grammar(of: gbnf)
  }

  /// Parses a grammar in GBNF in which some literals stand for JSON.
  ///
  /// - Parameter schemas: JSON schemas, by the literal in whose place there is a text that is valid
  ///   under the schema.
  /// - Throws: as `init(gbnf:)`, and when a schema cannot be compiled.
  public init(gbnf: String, schemas: [Identifier: String]) throws(GrammarError) {
    self = try GrammarParser.grammar(of: gbnf, schemas: schemas)
  }

  init(_ rules: Rules, work: Int) {
    self.shared = Shared(rules)
    self.compilationWork = work
  }
}
