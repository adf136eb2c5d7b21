internal import Constraints
internal import Generation

/// A compiled constraint that a model can match.
struct ConstraintGrammar: Sendable {
  let field: String
  let grammar: Grammar

  /// - Throws: `invalidRequest` with what is wrong with the constraint, and where.
  init(_ constraint: Constraint, for model: LlamaModel) throws(GenerationError) {
    self.field = constraint.field
    switch constraint {
    case .jsonSchema(let schema):
      do throws(SchemaError) {
        self.grammar = try Grammar(jsonSchema: schema)
      } catch {
        throw .unusable(constraint.field, error.message)
      }
    case .grammar(let gbnf):
      do throws(GrammarError) {
        self.grammar = try Grammar(gbnf: gbnf)
      } catch {
        throw .unusable(constraint.field, error.message)
      }
    }
    // Done before the generation begins: finding the first allowed tokens often takes longest, and
    // would delay all other generations.
    try TokenConstraint(self, for: model).forEachAllowed { _ in }
  }
}

/// The constraint of one generation, and how far its text is.
///
/// It belongs to one thread.
struct TokenConstraint {
  private let model: LlamaModel
  private let field: String
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
    do throws(GrammarError) {
      self.text = try Matcher(constraint.grammar, model.vocabularyTexts)
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
    let bytes = self.model.bytes(of: token)
    if bytes.isEmpty { return false }
    return try self.checked { () throws(GrammarError) in try self.text.allows(bytes) }
  }

  func forEachAllowed(_ body: (Int32) -> Void) throws(GenerationError) {
    if self.isSatisfied { self.model.endTokens.forEach(body) }
    try self.checked { () throws(GrammarError) in try self.text.allowedTokens() }.forEach(body)
  }

  /// Adds the bytes of an allowed token.
  mutating func append(_ bytes: [UInt8]) {
    do throws(GrammarError) {
      try self.text.append(bytes)
    } catch {
      self.failure = .unusable(self.field, error.message)
    }
  }

  mutating func deliver(_ text: String) {
    do throws(GrammarError) {
      try self.delivered.append(text.utf8)
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
