internal import Constraints
internal import Generation
internal import Identifiers

/// What a text must match.
enum TextConstraint: Sendable {
  /// What the caller asks for.
  case given(Constraint)
  /// The form of the calls of tools.
  case calls(CallGrammar)
}

/// A compiled constraint that a model can match.
struct ConstraintGrammar: Sendable {
  let field: String
  let grammar: Grammar
  let start: ConstraintStart
  /// The texts of control tokens that count.
  let keptTokens: [Int32: [UInt8]]

  /// - Throws: `invalidRequest` with what is wrong with the constraint, and where.
  init(_ constraint: TextConstraint, for model: LlamaModel) throws(GenerationError) {
    switch constraint {
    case .given(.jsonSchema(let schema)):
      self.field = "json_schema"
      self.grammar = try Self.schema(schema, self.field)
    case .given(.grammar(let gbnf)):
      self.field = "grammar"
      self.grammar = try Self.grammar(gbnf, [:], self.field)
    case .calls(let calls):
      self.field = "tools"
      // By itself, so that an error names the tool.
      for (literal, schema) in calls.schemas.sorted(by: { $0.key < $1.key }) {
        _ = try Self.schema(schema, calls.fields[literal] ?? self.field)
      }
      self.grammar = try Self.grammar(calls.gbnf, calls.schemas, self.field)
    }
    if case .calls(let calls) = constraint {
      self.start = calls.start
      self.keptTokens = calls.keptTokens
    } else {
      self.start = .afterThinking
      self.keptTokens = [:]
    }
    // Done before the generation begins: finding the first allowed tokens often takes longest, and
    // would delay all other generations.
    try TokenConstraint(self, for: model).forEachAllowed { _ in }
  }

  private static func schema(_ text: String, _ field: String) throws(GenerationError) -> Grammar {
    do throws(SchemaError) {
      return try Grammar(jsonSchema: text)
    } catch {
      throw .unusable(field, error.message)
    }
  }

  private static func grammar(
    _ gbnf: String,
    _ schemas: [Identifier: String],
    _ field: String
  ) throws(GenerationError) -> Grammar {
    do throws(GrammarError) {
      return try Grammar(gbnf: gbnf, schemas: schemas)
    } catch {
      throw .unusable(field, error.message)
    }
  }
}

/// The constraint of one generation, and how far its text is.
///
/// It belongs to one thread.
struct TokenConstraint {
  private let model: LlamaModel
  private let field: String
  private let keptTokens: [Int32: [UInt8]]
  /// The whole text.
  private var text: Matcher
  /// The text that the reader gets: without what a stop string removed.
  private var delivered: Matcher
  /// Why the text cannot continue.
  private var failure: GenerationError?

  /// - Throws: `invalidRequest` when the grammar can begin in too many ways.
  init(_ constraint: ConstraintGrammar, for model: LlamaModel) throws(GenerationError) {
    self.model = model
    self.field = constraint.field
    self.keptTokens = constraint.keptTokens
    do throws(GrammarError) {
      let vocabulary = model.vocabularyTexts(keeping: constraint.keptTokens)
      self.text = try Matcher(constraint.grammar, vocabulary)
      if case .atOnce(after: let prefix) = constraint.start { try self.text.append(prefix) }
    } catch {
      throw .unusable(constraint.field, error.message)
    }
    self.delivered = self.text
  }

  /// Whether the text may end here.
  var isSatisfied: Bool { self.text.mayEnd }

  /// Whether anything may follow.
  var mayGoOn: Bool { self.text.mayGoOn }

  /// Whether the text that the reader gets satisfies the constraint.
  var isDelivered: Bool { self.delivered.mayEnd }

  func allows(_ token: Int32) throws(GenerationError) -> Bool {
    if let failure { throw failure }
    if self.model.endTokens.contains(token) { return self.isSatisfied }
    let bytes = self.keptTokens[token] ?? self.model.bytes(of: token)
    if bytes.isEmpty { return false }
    return try self.checked { () throws(GrammarError) in try self.text.allows(bytes) }
  }

  func forEachAllowed(_ body: (Int32) -> Void) throws(GenerationError) {
    if self.isSatisfied { self.model.endTokens.forEach(body) }
    try self.checked { () throws(GrammarError) in try self.text.allowedTokens() }.forEach(body)
  }

  /// The tokens that must follow.
  var forcedTokens: ForcedTokens {
    ForcedTokens(self.text.lookahead, self.model, keptTokens: self.keptTokens)
  }

  /// Adds the bytes of an allowed token.
  mutating func append(_ bytes: some Sequence<UInt8>) {
    do throws(GrammarError) {
      try self.text.append(bytes)
    } catch {
      self.failure = .unusable(self.field, error.message)
    }
  }

  /// Adds bytes that the reader gets.
  mutating func deliver(_ bytes: some Sequence<UInt8>) {
    do throws(GrammarError) {
      try self.delivered.append(bytes)
    } catch {
      self.failure = .unusable(self.field, error.message)
    }
  }

  /// The error when the model has no tokens for anything that may follow.
  var deadEnd: GenerationError {
    .unusable(self.field, "the model has no token that may follow the text so far")
  }

  private func checked<Result>(
    _ body: () throws(GrammarError) -> Result
  ) throws(GenerationError) -> Result {
    do throws(GrammarError) {
      return try body()
    } catch {
      throw .unusable(self.field, error.message)
    }
  }
}

extension GenerationError {
  fileprivate static func unusable(_ field: String, _ reason: String) -> GenerationError {
    GenerationError(.invalidRequest, "\(field): \(reason)")
  }
}
