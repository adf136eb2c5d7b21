internal import CLlama

/// The tokens that one step decodes. Its memory is allocated once.
final class Batch {
  /// The most tokens.
  let capacity: Int
  private(set) var tokens: llama_batch

  init(capacity: Int) {
    self.capacity = capacity
    self.tokens = llama_batch_init(Int32(capacity), 0, 1)
  }

  deinit {
    llama_batch_free(self.tokens)
  }

  var count: Int { Int(self.tokens.n_tokens) }

  func clear() {
    self.tokens.n_tokens = 0
  }

  /// Adds a token.
  ///
  /// - Parameters:
  ///   - position: its index in the text, from 0.
  ///   - slot: the slot of its text.
  /// - Precondition: the batch is not full.
  func add(_ token: Int32, at position: Int, slot: Int, wantsLogits: Bool) {
    precondition(self.count < self.capacity)
    let index = self.count
    self.tokens.token[index] = token
    self.tokens.pos[index] = Int32(position)
    self.tokens.n_seq_id[index] = 1
    self.tokens.seq_id[index]?[0] = Int32(slot)
    self.tokens.logits[index] = wantsLogits ? 1 : 0
    self.tokens.n_tokens += 1
  }
}
