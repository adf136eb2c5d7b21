internal import CLlama

/// How a model tokenizes texts.
struct Tokenizing: Sendable {
  let rule: CutRule
  private(set) var specialTexts = SpecialTexts()
  /// The control tokens, by their texts.
  private(set) var controlTokens: [[UInt8]: Int32] = [:]
  /// The tokens before and after each text.
  let before: [Int32]
  let after: [Int32]
  /// The longest token, in bytes; nil if there is no such bound for text.
  private(set) var longestToken: Int?
  /// A text that is never part of a longer token, and its tokens at the beginning of a text; nil if
  /// there is none.
  private(set) var guardian: (text: [UInt8], tokens: [Int32])?
  private var special: [Bool] = []

  init(_ model: OpaquePointer, _ vocabulary: OpaquePointer) {
    self.rule = CutRule(
      llama_vocab_type(vocabulary),
      model: Self.metadata("tokenizer.ggml.model", of: model),
      pattern: Self.metadata("tokenizer.ggml.pre", of: model)
    )
    (self.before, self.after) = Self.surroundings(vocabulary)
    self.readTokens(vocabulary)
    if self.rule == .anywhere { self.guardian = Self.guardian(vocabulary) }
  }

  /// Whether a token is found by its text before the rest is tokenized.
  func isSpecial(_ token: Int32) -> Bool { self.special[Int(token)] }

  private mutating func readTokens(_ vocabulary: OpaquePointer) {
    let control = LLAMA_TOKEN_ATTR_CONTROL.rawValue | LLAMA_TOKEN_ATTR_UNKNOWN.rawValue
    var longest = 1
    var singleBytes: Set<UInt8> = []
    for token in 0 ..< llama_vocab_n_tokens(vocabulary) {
      let attributes = llama_vocab_get_attr(vocabulary, token).rawValue
      let isSpecial = attributes & (control | LLAMA_TOKEN_ATTR_USER_DEFINED.rawValue) != 0
      self.special.append(isSpecial)
      if isSpecial, let pointer = llama_vocab_get_text(vocabulary, token) {
        let text = Array(String(cString: pointer).utf8)
        self.specialTexts.insert(
          text,
          SpecialTexts.Kind(
            isControl: attributes & control != 0,
            stripsBefore: attributes & LLAMA_TOKEN_ATTR_LSTRIP.rawValue != 0,
            stripsAfter: attributes & LLAMA_TOKEN_ATTR_RSTRIP.rawValue != 0
          )
        )
        longest = max(longest, text.count)
        if attributes & control != 0 { self.controlTokens[text] = token }
      }
      let bytes = Self.bytes(of: token, in: vocabulary)
      longest = max(longest, bytes.count)
      if bytes.count == 1, !isSpecial { singleBytes.insert(bytes[0]) }
    }
    // Without a token for each byte, some texts have no tokens, or one for unknown text.
    if singleBytes.count == 256, !self.specialTexts.strips, self.rule != .unknown {
      self.longestToken = longest
    }
  }

  private static func metadata(_ key: String, of model: OpaquePointer) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      let count = llama_model_meta_val_str(model, key, buffer.baseAddress, buffer.count)
      return count > 0 ? String(cString: Array(buffer)) : ""
    }
  }

  private static func surroundings(_ vocabulary: OpaquePointer) -> (before: [Int32], after: [Int32])
  {
    let text = Array("a".utf8)[...]
    let alone = self.tokens(of: text, addSpecial: false, parseSpecial: false, in: vocabulary)
    let whole = self.tokens(of: text, addSpecial: true, parseSpecial: false, in: vocabulary)
    for begin in 0 ... max(0, whole.count - alone.count)
    where whole[begin...].starts(with: alone) {
      return (Array(whole[..<begin]), Array(whole[(begin + alone.count)...]))
    }
    return ([], [])
  }

  /// Searches the private use area, whose characters have no meaning.
  private static func guardian(
    _ vocabulary: OpaquePointer
  ) -> (text: [UInt8], tokens: [Int32])? {
    var used: Set<Unicode.Scalar> = []
    for token in 0 ..< llama_vocab_n_tokens(vocabulary) {
      guard let text = llama_vocab_get_text(vocabulary, token) else { continue }
      used.formUnion(
        String(cString: text).unicodeScalars.filter { "\u{E000}" ... "\u{F8FF}" ~= $0 }
      )
    }
    let free = (0xE000 ... 0xF8FF).lazy.compactMap { Unicode.Scalar($0) }.first {
      !used.contains($0)
    }
    guard let free else { return nil }
    let text = Array(String(Character(free)).utf8)
    return (
      text, self.tokens(of: text[...], addSpecial: false, parseSpecial: false, in: vocabulary)
    )
  }
}

/// The calls of libllama.
extension Tokenizing {
  /// What a token adds to a text; nothing for control tokens, unless it `showsControl`.
  static func bytes(
    of token: Int32,
    in vocabulary: OpaquePointer,
    showsControl: Bool = false
  ) -> [UInt8] {
    var capacity = 32
    while true {
      let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        let written = buffer.withMemoryRebound(to: CChar.self) {
          llama_token_to_piece(
            vocabulary,
            token,
            $0.baseAddress,
            Int32($0.count),
            0,
            showsControl
          )
        }
        count = max(0, Int(written))
        capacity = written < 0 ? -Int(written) : 0
      }
      if capacity == 0 { return bytes }
    }
  }

  static func tokens(
    of text: ArraySlice<UInt8>,
    addSpecial: Bool,
    parseSpecial: Bool,
    in vocabulary: OpaquePointer
  ) -> [Int32] {
    text.withUnsafeBytes { bytes in
      let characters = bytes.assumingMemoryBound(to: CChar.self)
      // A token has at least one byte of the text, except the special ones around it.
      var capacity = characters.count + 8
      while true {
        let tokens = [Int32](unsafeUninitializedCapacity: capacity) { buffer, count in
          let written = llama_tokenize(
            vocabulary,
            characters.baseAddress,
            Int32(characters.count),
            buffer.baseAddress,
            Int32(buffer.count),
            addSpecial,
            parseSpecial
          )
          count = max(0, Int(written))
          capacity = written < 0 ? -Int(written) : 0
        }
        if capacity == 0 { return tokens }
      }
    }
  }
}
