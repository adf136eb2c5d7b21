internal import CLlama
internal import Generation

/// What a model remembers of the texts in its slots, and the batch that it is fed with.
///
/// Belongs to one thread. A slot's texts are a sequence of libllama's.
final class LlamaContext {
  let model: LlamaModel
  /// The most tokens in one batch.
  let batchCapacity: Int

  private let pointer: OpaquePointer
  private var batch: llama_batch

  /// Why a batch was not decoded, by libllama's code.
  struct DecodeFailure: Error {
    var code: Int32
  }

  /// - Throws: `unavailable` when there is not enough memory.
  init(_ model: LlamaModel, _ configuration: LlamaConfiguration) throws(GenerationError) {
    self.model = model
    self.batchCapacity = max(512, configuration.parallel)
    var parameters = llama_context_default_params()
    parameters.n_ctx = UInt32(configuration.contextLength * configuration.parallel)
    parameters.n_seq_max = UInt32(configuration.parallel)
    parameters.n_batch = UInt32(self.batchCapacity)
    parameters.n_ubatch = UInt32(self.batchCapacity)
    parameters.n_threads = Int32(configuration.threads)
    parameters.n_threads_batch = Int32(configuration.threads)
    parameters.no_perf = true
    guard let pointer = llama_init_from_model(model.pointer, parameters) else {
      throw GenerationError(
        .unavailable,
        "There is not enough memory for \(configuration.parallel) texts of "
          + "\(configuration.contextLength) tokens at once: lower --parallel or --context"
      )
    }
    self.pointer = pointer
    self.batch = llama_batch_init(Int32(self.batchCapacity), 0, 1)
  }

  deinit {
    llama_batch_free(self.batch)
    llama_free(self.pointer)
  }

  /// How many tokens the batch still takes.
  var batchRoom: Int { self.batchCapacity - Int(self.batch.n_tokens) }

  func clearBatch() {
    self.batch.n_tokens = 0
  }

  /// Adds a token to the batch.
  ///
  /// - Returns: where in the batch it is: `logits(at:)` wants to know.
  /// - Precondition: the batch has room.
  func add(_ token: Int32, at position: Int, slot: Int, wantsLogits: Bool) -> Int {
    precondition(self.batchRoom > 0)
    let index = Int(self.batch.n_tokens)
    self.batch.token[index] = token
    self.batch.pos[index] = Int32(position)
    self.batch.n_seq_id[index] = 1
    self.batch.seq_id[index]?[0] = Int32(slot)
    self.batch.logits[index] = wantsLogits ? 1 : 0
    self.batch.n_tokens += 1
    return index
  }

  /// Computes what follows the tokens of the batch.
  func decode() throws(DecodeFailure) {
    let code = llama_decode(self.pointer, self.batch)
    if code != 0 { throw DecodeFailure(code: code) }
  }

  /// The logits of all tokens of the vocabulary, after the token at `index` of the batch that was
  /// decoded last. Valid until the next decode.
  func logits(at index: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      start: llama_get_logits_ith(self.pointer, Int32(index)),
      count: self.model.vocabularySize
    )
  }

  /// Forgets the text of a slot.
  func clear(slot: Int) {
    // Removing all of a sequence never fails, says llama.h.
    _ = llama_memory_seq_rm(llama_get_memory(self.pointer), Int32(slot), -1, -1)
  }
}
