internal import CLlama

extension LlamaModel {
  /// Loads the draft model of a configuration; nil if it has none.
  ///
  /// - Parameter target: the model whose tokens it is to guess.
  /// - Throws: when the file is not such a model.
  convenience init?(
    draftModelOf configuration: LlamaConfiguration,
    for target: LlamaModel
  ) throws(LlamaLoadError) {
    guard let path = configuration.draftModelPath else { return nil }
    try self.init(path: path, gpuLayers: configuration.gpuLayers)
    if let difference = target.vocabularyDifference(from: self) {
      throw LlamaLoadError(
        "The draft model \(path) has another vocabulary than \(configuration.modelPath): \(difference)"
      )
    }
    // Tokens that were not chosen have to be removed again.
    for (model, path) in [(self, path), (target, configuration.modelPath)]
    where !model.canForgetEnd {
      throw LlamaLoadError("The model \(path) is a recurrent one, with which no draft model works")
    }
  }

  /// Whether the last tokens of a text can be removed. The memory of recurrent models has all of a
  /// text in one state.
  var canForgetEnd: Bool {
    !llama_model_is_recurrent(self.pointer) && !llama_model_is_hybrid(self.pointer)
  }

  /// What keeps a model's tokens from being proposed for this one, because they are others; nil:
  /// nothing.
  ///
  /// The rules are those of llama.cpp's speculative decoding: models of one family may differ in the
  /// tokens that fill up their vocabularies.
  func vocabularyDifference(from other: LlamaModel) -> String? {
    guard let mine = llama_model_get_vocab(self.pointer),
      let others = llama_model_get_vocab(other.pointer)
    else { return "one of them has none" }
    return Self.kindDifference(mine, others)
      ?? Self.sizeDifference(self.vocabularySize, other.vocabularySize)
      ?? Self.textDifference(mine, others, count: min(self.vocabularySize, other.vocabularySize))
  }

  private static let mostSizeDifference = 128
  /// Tokens before are for unknown text and the like, whose names differ within families.
  private static let firstComparedToken = 5

  private static func kindDifference(
    _ mine: OpaquePointer,
    _ others: OpaquePointer
  ) -> String? {
    if llama_vocab_type(mine) != llama_vocab_type(others) {
      return "it is of the type \(Self.kind(others)), not \(Self.kind(mine))"
    }
    let begins = (Self.begin(mine), Self.begin(others))
    if begins.0 != begins.1 {
      return "it puts \(Self.name(begins.1)) before each text, not \(Self.name(begins.0))"
    }
    let ends = (Self.end(mine), Self.end(others))
    if ends.0 != ends.1 {
      return "it puts \(Self.name(ends.1)) after each text, not \(Self.name(ends.0))"
    }
    return nil
  }

  private static func sizeDifference(_ mine: Int, _ other: Int) -> String? {
    abs(mine - other) > Self.mostSizeDifference
      ? "it has \(other) tokens, not \(mine)" : nil
  }

  private static func textDifference(
    _ mine: OpaquePointer,
    _ others: OpaquePointer,
    count: Int
  ) -> String? {
    for token in Int32(Self.firstComparedToken) ..< Int32(max(count, Self.firstComparedToken)) {
      let (text, other) = (Self.text(of: token, in: mine), Self.text(of: token, in: others))
      if !text.elementsEqual(other) {
        return "its token \(token) is \"\(String(decoding: other, as: UTF8.self))\", not "
          + "\"\(String(decoding: text, as: UTF8.self))\""
      }
    }
    return nil
  }

  private static func text(of token: Int32, in vocabulary: OpaquePointer) -> [UInt8] {
    llama_vocab_get_text(vocabulary, token).map { Array(String(cString: $0).utf8) } ?? []
  }

  private static func kind(_ vocabulary: OpaquePointer) -> String {
    switch llama_vocab_type(vocabulary) {
    case LLAMA_VOCAB_TYPE_SPM: "SPM"
    case LLAMA_VOCAB_TYPE_BPE: "BPE"
    case LLAMA_VOCAB_TYPE_WPM: "WPM"
    case LLAMA_VOCAB_TYPE_UGM: "UGM"
    case LLAMA_VOCAB_TYPE_RWKV: "RWKV"
    case LLAMA_VOCAB_TYPE_PLAMO2: "PLaMo-2"
    case let type: "\(type.rawValue)"
    }
  }

  /// The token that is put before each text; nil: none is.
  private static func begin(_ vocabulary: OpaquePointer) -> Int32? {
    llama_vocab_get_add_bos(vocabulary) ? llama_vocab_bos(vocabulary) : nil
  }

  /// The token that is put after each text; nil: none is.
  private static func end(_ vocabulary: OpaquePointer) -> Int32? {
    llama_vocab_get_add_eos(vocabulary) ? llama_vocab_eos(vocabulary) : nil
  }

  private static func name(_ token: Int32?) -> String {
    token.map { "token \($0)" } ?? "nothing"
  }
}
