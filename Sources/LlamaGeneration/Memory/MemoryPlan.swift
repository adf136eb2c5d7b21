internal import Identifiers

/// The memory that a model's slots will need, checked before it is allocated.
struct MemoryPlan {
  var parallel: Int
  var contextLength: Int
  /// The size of a token in the KV cache, in bytes.
  var bytesPerToken: Int
  /// The largest size, in bytes.
  var prefixCache: Int
  /// What a draft model's texts take, in bytes.
  var draftKVCache = 0
  /// In bytes; nil if unknown.
  var available: Int?

  var kvCache: Int { self.parallel * self.contextLength * self.bytesPerToken }

  /// - Throws: with all numbers when there is not so much memory.
  func check() throws(LlamaLoadError) {
    let needed = self.kvCache + self.draftKVCache + self.prefixCache
    guard let available, needed > available else { return }
    throw LlamaLoadError(
      "The KV cache needs \(self.kvCache.byteText) (parallel \(self.parallel) x context "
        + "\(self.contextLength) x \(self.bytesPerToken.byteText) a token), \(self.draft)and the prefix cache "
        + "up to \(self.prefixCache.byteText), but \(available.byteText) of memory are available",
      .lower([.parallel, .contextLength, .prefixCacheSize])
    )
  }

  private var draft: String {
    self.draftKVCache > 0 ? "that of the draft model \(self.draftKVCache.byteText), " : ""
  }

  /// For the log.
  var description: String {
    "KV cache \(self.kvCache.byteText) (\(self.parallel) x \(self.contextLength) tokens), \(self.draft)"
      + "prefix cache up to \(self.prefixCache.byteText)"
  }
}
