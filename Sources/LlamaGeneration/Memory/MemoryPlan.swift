internal import Foundation

/// What the texts of a model will take, before it is taken.
struct MemoryPlan {
  var parallel: Int
  var contextLength: Int
  /// Of the KV cache, in bytes.
  var bytesPerToken: Int
  /// In bytes, at most.
  var prefixCache: Int
  /// In bytes; nil when nobody knows.
  var available: Int?

  var kvCache: Int { self.parallel * self.contextLength * self.bytesPerToken }

  /// - Throws: with all numbers when there is not so much memory.
  func check() throws(LlamaLoadError) {
    guard let available, self.kvCache + self.prefixCache > available else { return }
    throw LlamaLoadError(
      "The KV cache needs \(self.kvCache.asSize) (parallel \(self.parallel) x context "
        + "\(self.contextLength) x \(self.bytesPerToken.asSize) a token), and the prefix cache up to "
        + "\(self.prefixCache.asSize), but \(available.asSize) of memory are available",
      .lower([.parallel, .contextLength, .prefixCacheSize])
    )
  }

  /// For the log.
  var description: String {
    "KV cache \(self.kvCache.asSize) (\(self.parallel) x \(self.contextLength) tokens), prefix cache "
      + "up to \(self.prefixCache.asSize)"
  }
}

extension Int {
  /// A number of bytes in the largest unit that leaves a whole one, such as "1.5 GiB".
  fileprivate var asSize: String {
    var (size, unit) = (Double(self), "B")
    for next in ["KiB", "MiB", "GiB", "TiB"] where size >= 1024 {
      size /= 1024
      unit = next
    }
    return unit == "B" ? "\(self) B" : String(format: "%.1f %@", size, unit)
  }
}
