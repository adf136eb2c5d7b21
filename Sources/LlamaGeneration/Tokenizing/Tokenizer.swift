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
    try self.checkLength(of: bytes, limit)
    let tokens = try await self.inner(of: bytes, parseSpecial, field, limit)
    return self.model.tokenizing.before + tokens + self.model.tokenizing.after
  }

  /// The tokens of a rendered conversation, in which only the template's own control tokens are.
  ///
  /// As libllama does, the text between control tokens is tokenized by itself.
  ///
  /// - Throws: as `tokens(of:parseSpecial:field:limit:)`.
  func tokens(
    of text: MarkedText,
    field: String,
    limit: Int = .max
  ) async throws(GenerationError) -> [Int32] {
    try self.checkLength(of: text.bytes, limit)
    var tokens: [Int32] = []
    var start = 0
    var stripsStart = false
    for control in self.controls(in: text) {
      var end = control.range.lowerBound
      if control.kind.stripsBefore {
        while end > start, text.bytes[end - 1].isWhiteSpace { end -= 1 }
      }
      tokens += try await self.plain(text.bytes[start ..< end], stripsStart, field, limit)
      tokens.append(control.token)
      start = control.range.upperBound
      stripsStart = control.kind.stripsAfter
      if tokens.count > limit { throw .promptTooLong(moreThan: limit, contextLength: limit) }
    }
    tokens += try await self.plain(text.bytes[start...], stripsStart, field, limit)
    if tokens.count > limit { throw .promptTooLong(moreThan: limit, contextLength: limit) }
    return self.model.tokenizing.before + tokens + self.model.tokenizing.after
  }

  /// The template's own control tokens, none of which overlap.
  private func controls(
    in text: MarkedText
  ) -> [(range: Range<Int>, token: Int32, kind: SpecialTexts.Kind)] {
    var found: [SpecialTexts.Occurrence] = []
    self.model.tokenizing.specialTexts.forEach(
      in: text.bytes,
      beginningIn: text.bytes.indices,
      withControl: true
    ) { occurrence in
      if !occurrence.kind.isControl || text.isGenuine(occurrence.range) { found.append(occurrence) }
    }
    // libllama takes longer tokens first.
    found.sort { ($0.range.count, $1.range.lowerBound) > ($1.range.count, $0.range.lowerBound) }
    var taken: [SpecialTexts.Occurrence] = []
    var isTaken = Array(repeating: false, count: text.bytes.count)
    for occurrence in found where !isTaken[occurrence.range].contains(true) {
      for index in occurrence.range { isTaken[index] = true }
      taken.append(occurrence)
    }
    return taken.filter(\.kind.isControl).sorted { $0.range.lowerBound < $1.range.lowerBound }
      .compactMap { occurrence in
        self.model.tokenizing.controlTokens[Array(text.bytes[occurrence.range])].map {
          (range: occurrence.range, token: $0, kind: occurrence.kind)
        }
      }
  }

  private func plain(
    _ text: ArraySlice<UInt8>,
    _ stripsStart: Bool,
    _ field: String,
    _ limit: Int
  ) async throws(GenerationError) -> [Int32] {
    let text = stripsStart ? text.drop { $0.isWhiteSpace } : text
    if text.isEmpty { return [] }
    return try await self.inner(of: Array(text), false, field, limit)
  }

  private func checkLength(of bytes: [UInt8], _ limit: Int) throws(GenerationError) {
    if let longest = self.model.tokenizing.longestToken, bytes.count / longest > limit {
      throw .promptTooLong(moreThan: bytes.count / longest, contextLength: limit)
    }
  }

  /// The tokens of a text, without those around every text.
  private func inner(
    of bytes: [UInt8],
    _ parseSpecial: Bool,
    _ field: String,
    _ limit: Int
  ) async throws(GenerationError) -> [Int32] {
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
    return pieces.tokens
  }

  private func whole(_ text: [UInt8], _ parseSpecial: Bool) -> [Int32] {
    self.model.tokens(of: text[...], addSpecial: false, parseSpecial: parseSpecial)
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
