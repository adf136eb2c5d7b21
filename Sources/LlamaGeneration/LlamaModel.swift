internal import CLlama
internal import Constraints
internal import Generation
internal import Identifiers
internal import Synchronization

/// A loaded model: its weights and its vocabulary.
final class LlamaModel: Sendable {
  // Sound, because libllama only reads a loaded model, and llama.h allows its functions for tokens
  // and vocabulary on any thread.
  nonisolated(unsafe) let pointer: OpaquePointer
  nonisolated(unsafe) private let vocabulary: OpaquePointer
  /// The tokens with which the model ends its text.
  let endTokens: [Int32]
  /// How the model tokenizes texts.
  let tokenizing: Tokenizing
  private let texts = Mutex<[[Int32]: TokenVocabulary]>([:])

  /// Loads a GGUF file.
  ///
  /// - Parameters:
  ///   - gpuLayers: as in `LlamaConfiguration`.
  ///   - vocabularyOnly: whether the weights are left where they are.
  /// - Throws: with a sentence that says what is wrong with the file.
  init(path: String, gpuLayers: Int, vocabularyOnly: Bool = false) throws(LlamaLoadError) {
    try ComputeBackends.load()
    llama_backend_init()
    var parameters = llama_model_default_params()
    parameters.vocab_only = vocabularyOnly
    parameters.n_gpu_layers = Int32(clamping: gpuLayers)
    guard
      let pointer = llama_model_load_from_file(path, parameters),
      let vocabulary = llama_model_get_vocab(pointer)
    else {
      throw LlamaLoadError(
        "The model \(path) cannot be loaded: the file is damaged, or of a kind that this libllama "
          + "does not know",
        .debugLog
      )
    }
    self.pointer = pointer
    self.vocabulary = vocabulary
    self.endTokens = (0 ..< llama_vocab_n_tokens(vocabulary)).filter {
      llama_vocab_is_eog(vocabulary, $0)
    }
    self.tokenizing = Tokenizing(pointer, vocabulary)
  }

  deinit {
    llama_model_free(self.pointer)
  }

  var vocabularySize: Int { Int(llama_vocab_n_tokens(self.vocabulary)) }

  /// The texts of all tokens. The first call makes them, which takes a while.
  ///
  /// - Parameter kept: the texts of control tokens, which are those of the model's template.
  func vocabularyTexts(keeping kept: [Int32: [UInt8]]) -> TokenVocabulary {
    self.texts.withLock { texts in
      let key = kept.keys.sorted()
      if let known = texts[key] { return known }
      let made = TokenVocabulary(
        (0 ..< Int32(self.vocabularySize)).map { kept[$0] ?? self.bytes(of: $0) }
      )
      texts[key] = made
      return made
    }
  }

  /// The context length that the model was trained for, in tokens.
  var trainedContextLength: Int { Int(llama_model_n_ctx_train(self.pointer)) }

  /// The file's own description, such as "llama 135M Q8_0".
  var summary: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      let count = llama_model_desc(self.pointer, buffer.baseAddress, buffer.count)
      return count > 0 ? String(cString: Array(buffer)) : ""
    }
  }

  func description(
    id: Identifier,
    contextLength: Int,
    chatTemplate: ChatTemplateDescription?
  ) -> ModelDescription {
    ModelDescription(
      id: id,
      description: self.summary,
      quantization: llama_ftype_name(llama_model_ftype(self.pointer)).map { String(cString: $0) }
        ?? "",
      parameters: llama_model_n_params(self.pointer),
      sizeBytes: llama_model_size(self.pointer),
      contextLength: contextLength,
      trainingContextLength: self.trainedContextLength,
      chatTemplate: chatTemplate
    )
  }

  /// What a token adds to the text; nothing for control tokens.
  func bytes(of token: Int32) -> [UInt8] {
    Tokenizing.bytes(of: token, in: self.vocabulary)
  }

  /// The text of a token, of control tokens, too.
  func name(of token: Int32) -> [UInt8] {
    Tokenizing.bytes(of: token, in: self.vocabulary, showsControl: true)
  }

  /// Tokenizes a text in one call, which cannot be interrupted: see `Tokenizer`.
  ///
  /// - Parameters:
  ///   - text: UTF-8.
  ///   - addSpecial: whether to add the tokens that begin and end every text.
  ///   - parseSpecial: whether text such as "<|im_start|>" becomes that control token; otherwise it
  ///     is plain text.
  func tokens(of text: ArraySlice<UInt8>, addSpecial: Bool, parseSpecial: Bool) -> [Int32] {
    Tokenizing.tokens(
      of: text,
      addSpecial: addSpecial,
      parseSpecial: parseSpecial,
      in: self.vocabulary
    )
  }
}
