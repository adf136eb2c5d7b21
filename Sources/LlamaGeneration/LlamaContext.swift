internal import CLlama

/// What a model remembers of the texts in its slots: the KV cache.
///
/// Belongs to one thread. Each slot is a sequence of libllama's with a stream of its own, so that a
/// text's attention looks at its own cells alone, whatever is in the other slots. (Measured: with
/// all texts in one unified buffer, 8 texts are 5 % slower, 32 texts 11 %, and 45 % when 8,000
/// cells hold texts for later use.) libllama computes neighbouring streams at once: the texts of a
/// batch should be in slots that follow each other.
final class LlamaContext {
  let model: LlamaModel

  private let pointer: OpaquePointer
  private var threads: Int

  /// Libllama computes a batch in parts of so many tokens, and has memory for one.
  private static let computedAtOnce = 512

  /// Why a batch was not decoded, by libllama's code.
  struct DecodeFailure: Error {
    var code: Int32
  }

  /// - Parameter batchCapacity: the most tokens in a batch.
  /// - Throws: when there is not enough memory.
  init(
    _ model: LlamaModel,
    _ configuration: LlamaConfiguration,
    batchCapacity: Int
  ) throws(LlamaLoadError) {
    self.model = model
    var parameters = llama_context_default_params()
    parameters.n_ctx = UInt32(configuration.contextLength * configuration.parallel)
    parameters.n_seq_max = UInt32(configuration.parallel)
    parameters.n_batch = UInt32(batchCapacity)
    parameters.n_ubatch = UInt32(min(batchCapacity, Self.computedAtOnce))
    parameters.n_threads = Int32(configuration.threads)
    parameters.n_threads_batch = Int32(configuration.threads)
    parameters.kv_unified = false
    parameters.no_perf = true
    guard let pointer = llama_init_from_model(model.pointer, parameters) else {
      throw LlamaLoadError(
        "There is not enough memory for \(configuration.parallel) texts of "
          + "\(configuration.contextLength) tokens at once",
        .lower([.parallel, .contextLength])
      )
    }
    self.pointer = pointer
    self.threads = configuration.threads
  }

  deinit {
    llama_free(self.pointer)
  }

  /// Computes what follows the tokens of a batch, and returns when that is done.
  ///
  /// - Parameter threads: how many compute.
  func decode(_ batch: Batch, threads: Int) throws(DecodeFailure) {
    if threads != self.threads {
      llama_set_n_threads(self.pointer, Int32(threads), Int32(threads))
      self.threads = threads
    }
    let code = llama_decode(self.pointer, batch.tokens)
    if code != 0 { throw DecodeFailure(code: code) }
    llama_synchronize(self.pointer)
  }

  /// The logits of all tokens of the vocabulary, after the token at `index` of the batch that was
  /// decoded last. Valid until the next decode.
  func logits(at index: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      start: llama_get_logits_ith(self.pointer, Int32(index)),
      count: self.model.vocabularySize
    )
  }

  /// Forgets a slot's text from its token `length` on.
  ///
  /// - Returns: how many tokens are left: none when the model cannot forget a part.
  func truncate(slot: Int, to length: Int) -> Int {
    let memory = llama_get_memory(self.pointer)
    if length > 0, llama_memory_seq_rm(memory, Int32(slot), Int32(length), -1) { return length }
    // Removing all of a sequence never fails, says llama.h.
    _ = llama_memory_seq_rm(memory, Int32(slot), -1, -1)
    return 0
  }

  /// How many bytes `save` would copy.
  func savedSize(ofSlot slot: Int) -> Int {
    llama_state_seq_get_size(self.pointer, Int32(slot))
  }

  /// Copies what the model remembers of a slot's text. The time for it grows with the text, where
  /// `llama_memory_seq_cp` copies the whole stream. (Measured: 0.6 ms here for 80 tokens there and
  /// back, 6 ms by `llama_memory_seq_cp` in a context of 2048; computing them takes 245 ms.)
  ///
  /// - Returns: nil when libllama cannot copy it.
  func save(slot: Int) -> [UInt8]? {
    let size = self.savedSize(ofSlot: slot)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = llama_state_seq_get_data(self.pointer, buffer.baseAddress, size, Int32(slot))
    }
    return bytes.isEmpty ? nil : bytes
  }

  /// Replaces a slot's text by one that was saved.
  ///
  /// - Returns: whether libllama could; otherwise the slot is empty.
  func restore(_ saved: [UInt8], slot: Int) -> Bool {
    // libllama leaves the slot as it is when the saved text has no tokens.
    _ = self.truncate(slot: slot, to: 0)
    if llama_state_seq_set_data(self.pointer, saved, saved.count, Int32(slot)) > 0 { return true }
    _ = self.truncate(slot: slot, to: 0)
    return false
  }
}
