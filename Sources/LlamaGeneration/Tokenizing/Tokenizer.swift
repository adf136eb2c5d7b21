internal import Generation

/// Tokenizes texts like `llama_tokenize`, but in bounded pieces: the time is linear in the text's
/// length, and between pieces other requesters have their turn.
///
/// `llama_tokenize` takes a whole text in one call that cannot be interrupted, whose time is
/// quadratic in the number of special tokens, and which needs a hundred bytes of memory per byte.
struct Tokenizer: Sendable {
  private let model: LlamaModel
  private let pieceSize: Int

  /// - Parameter pieceSize: how much text is tokenized at once, in bytes; by default a few
  ///   milliseconds' work.
  init(_ model: LlamaModel, pieceSize: Int = 8 << 10) {
    self.model = model
    self.pieceSize = pieceSize
  }

  private var rule: CutRule { self.model.tokenizing.rule }

  /// The tokens of a text.
  ///
  /// - Parameters:
  ///   - parseSpecial: whether text such as "<|im_start|>" becomes that control token; otherwise it
  ///     is plain text.
  ///   - field: the request's field, such as "prompt".
  ///   - limit: the most tokens.
  /// - Throws: `invalidRequest` when there are more tokens, or the text cannot be cut into pieces;
  ///   `deadlineExceeded` when the caller no longer waits.
  func tokens(
    of text: String,
    parseSpecial: Bool,
    field: String,
    limit: Int = .max
  ) async throws(GenerationError) -> [Int32] {
    let bytes = Array(text.utf8)
    if let longest = self.model.tokenizing.longestToken, bytes.count / longest > limit {
      throw .promptTooLong(moreThan: bytes.count / longest, contextLength: limit)
    }
    guard self.rule != .unknown else {
      try self.checkStretches(of: bytes, field)
      return self.whole(bytes, parseSpecial)
    }
    var pieces = TextPieces(bytes, self.model, self.rule, parseSpecial: parseSpecial)
    while !pieces.isAtEnd {
      guard try await pieces.addNext(self.pieceSize) else {
        if bytes.count <= self.rule.longestPiece { return self.whole(bytes, parseSpecial) }
        throw .cannotBeCut(field, at: pieces.start, longest: self.rule.longestPiece)
      }
      if pieces.tokens.count > limit {
        throw .promptTooLong(moreThan: limit, contextLength: limit)
      }
      try await WorkQueue.endSlice()
    }
    return self.model.tokenizing.before + pieces.tokens + self.model.tokenizing.after
  }

  private func whole(_ text: [UInt8], _ parseSpecial: Bool) -> [Int32] {
    self.model.tokens(of: text[...], addSpecial: true, parseSpecial: parseSpecial)
  }

  /// - Throws: `invalidRequest` when a stretch of text or white space is so long that a recursive
  ///   pattern match could overflow the stack.
  private func checkStretches(of text: [UInt8], _ field: String) throws(GenerationError) {
    var begin = 0
    var wasSpace = false
    for (offset, byte) in text.enumerated() {
      let isSpace = byte == 0x20 || byte == 0x0A
      if isSpace != wasSpace { begin = offset }
      wasSpace = isSpace
      if offset - begin > Self.longestStretch {
        throw .cannotBeCut(field, at: begin, longest: Self.longestStretch)
      }
    }
  }

  private static let longestStretch = 16 << 10
}
