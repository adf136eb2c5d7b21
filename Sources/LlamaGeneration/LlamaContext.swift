internal import CLlama

/// The KV cache: what a model remembers of the texts in its slots.
///
/// It belongs to one thread. Each slot is a sequence of libllama's with its own stream, so that
/// attention covers only the slot's own cells. (Measured: with a unified buffer, 8 texts are 5 %
/// slower, 32 texts 11 %, and 45 % when 8,000 cells hold texts for later use.) libllama computes
/// neighbouring streams together, so the texts of a batch should be in adjacent slots.
final class LlamaContext {
  let model: LlamaModel

  private let pointer: OpaquePointer
  private var threads: Int

  /// libllama computes a batch in parts of this many tokens, and has memory for one part.
  private static let computedAtOnce = 512

  /// Why a batch was not decoded: libllama's code.
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

  /// Decodes a batch, and returns when that is done.
  ///
  /// - Parameter threads: how many threads compute.
  func decode(_ batch: Batch, threads: Int) throws(DecodeFailure) {
    if threads != self.threads {
      llama_set_n_threads(self.pointer, Int32(threads), Int32(threads))
      self.threads = threads
    }
    let code = llama_decode(self.pointer, batch.tokens)
    if code != 0 { throw DecodeFailure(code: code) }
    llama_synchronize(self.pointer)
  }

  /// The logits of the whole vocabulary after the token at `index` of the last batch. Valid until
  /// the next decode.
  func logits(at index: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      start: llama_get_logits_ith(self.pointer, Int32(index)),
      count: self.model.vocabularySize
    )
  }

  /// Removes the tokens of a slot from `length` on.
  ///
  /// - Returns: how many tokens are left: none when the model cannot remove a part.
  func truncate(slot: Int, to length: Int) -> Int {
    let memory = llama_get_memory(self.pointer)
    if length > 0, llama_memory_seq_rm(memory, Int32(slot), Int32(length), -1) { return length }
    // Removing all of a sequence never fails, says llama.h.
    _ = llama_memory_seq_rm(memory, Int32(slot), -1, -1)
    return 0
  }

  /// The size of what `save` would copy, in bytes.
  func savedSize(ofSlot slot: Int) -> Int {
    llama_state_seq_get_size(self.pointer, Int32(slot))
  }

  /// Copies what the model remembers of a slot's text, in time proportional to the text, while
  /// `llama_memory_seq_cp` copies the whole stream. (Measured for 80 tokens, saved and restored:
  /// 0.6 ms, `llama_memory_seq_cp` 6 ms in a context of 2048, computing them again 245 ms.)
  ///
  /// - Returns: nil when libllama cannot copy it.
  func save(slot: Int) -> [UInt8]? {
    let size = self.savedSize(ofSlot: slot)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = llama_state_seq_get_data(self.pointer, buffer.baseAddress, size, Int32(slot))
    }
    return bytes.isEmpty ? nil : bytes
  }

  /// Replaces a slot's text with a saved one.
  ///
  /// - Returns: whether it succeeded; otherwise the slot is empty.
  func restore(_ saved: [UInt8], slot: Int) -> Bool {
    // libllama does not clear the slot when the saved text has no tokens.
    _ = self.truncate(slot: slot, to: 0)
    if llama_state_seq_set_data(self.pointer, saved, saved.count, Int32(slot)) > 0 { return true }
    _ = self.truncate(slot: slot, to: 0)
    return false
  }
}
