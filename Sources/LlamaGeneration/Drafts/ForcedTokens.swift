internal import Constraints

/// The tokens of the bytes that a constraint forces, as when a schema has come to the name of a
/// property. Whether the model cuts them the same way is found out when it chooses.
struct ForcedTokens {
  private let model: LlamaModel
  private let keptTokens: [Int32: [UInt8]]
  private var lookahead: Lookahead
  /// The only bytes that may follow, as far as they are known.
  private var bytes: ArraySlice<UInt8> = []
  /// The tokens of `bytes`, without an unfinished character at the end.
  private var tokens: ArraySlice<Int32> = []

  /// The most bytes that are looked for at once: more than a draft has, because the last tokens may be
  /// others when a word goes on.
  private static let mostBytes = 128

  /// - Parameter keptTokens: the texts of control tokens that count.
  init(_ lookahead: Lookahead, _ model: LlamaModel, keptTokens: [Int32: [UInt8]]) {
    self.lookahead = lookahead
    self.model = model
    self.keptTokens = keptTokens
  }

  /// The token that is forced next, if any, and whether it has the last of the bytes that are forced.
  ///
  /// - Parameter expected: a token that is taken instead if it has the same bytes, fewer or more: the
  ///   text has been cut that way before.
  mutating func next(expecting expected: Int32?) -> (token: Int32, isAtEnd: Bool)? {
    if self.bytes.isEmpty { self.lookAhead() }
    guard let forced = self.tokens.first else { return nil }
    if let expected {
      let text = self.text(of: expected)
      if !text.isEmpty, self.bytes.starts(with: text) || text.starts(with: self.bytes) {
        return (expected, text.count >= self.bytes.count)
      }
    }
    return (forced, self.tokens.count == 1)
  }

  /// Goes past a token.
  ///
  /// - Returns: whether the constraint allows it.
  mutating func append(_ token: Int32) -> Bool {
    let text = self.text(of: token)
    guard !text.isEmpty, self.lookahead.append(text) else { return false }
    if self.tokens.first == token {
      self.tokens.removeFirst()
      self.bytes.removeFirst(text.count)
    } else {
      (self.tokens, self.bytes) = ([], [])
    }
    return true
  }

  private func text(of token: Int32) -> [UInt8] {
    self.keptTokens[token] ?? self.model.bytes(of: token)
  }

  private mutating func lookAhead() {
    let bytes = self.lookahead.forcedBytes(atMost: Self.mostBytes)
    self.bytes = bytes[...]
    // libllama tokenizes whole characters. None begins here if the text ends within one.
    let whole = (max(0, bytes.count - 3) ... bytes.count).last {
      String(validating: bytes[..<$0], as: UTF8.self) != nil
    }
    var rest = bytes[..<(whole ?? 0)]
    if rest.isEmpty { return }
    let tokens = self.model.tokensWithinText(rest, parseSpecial: !self.keptTokens.isEmpty)
    // Control tokens that do not count have no text.
    self.tokens =
      tokens.prefix { token in
        let text = self.text(of: token)
        defer { rest = rest.dropFirst(text.count) }
        return !text.isEmpty && rest.starts(with: text)
      }[...]
  }
}

extension LlamaModel {
  /// The tokens of a part of a text, without a space before it that is only for the beginning of one.
  fileprivate func tokensWithinText(_ text: ArraySlice<UInt8>, parseSpecial: Bool) -> [Int32] {
    let guardian = self.tokenizing.guardian ?? (text: [], tokens: [])
    let tokens = self.tokens(
      of: guardian.text + text,
      addSpecial: false,
      parseSpecial: parseSpecial
    )
    return tokens.starts(with: guardian.tokens)
      ? Array(tokens.dropFirst(guardian.tokens.count)) : []
  }
}
