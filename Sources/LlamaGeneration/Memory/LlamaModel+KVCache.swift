internal import CLlama

extension LlamaModel {
  /// The size of a token in the KV cache, in bytes: a 16-bit key and value vector in each layer.
  ///
  /// Models with sliding-window layers take less.
  var bytesPerToken: Int {
    let heads = Int(llama_model_n_head_kv(self.pointer))
    let headSize =
      Int(llama_model_n_embd(self.pointer)) / max(1, Int(llama_model_n_head(self.pointer)))
    let keySize = self.number("attention.key_length") ?? headSize
    let valueSize = self.number("attention.value_length") ?? headSize
    return Int(llama_model_n_layer(self.pointer)) * heads * (keySize + valueSize) * 2
  }

  /// A number in the file's metadata for its architecture.
  private func number(_ key: String) -> Int? {
    guard let architecture = self.metadata("general.architecture") else { return nil }
    return self.metadata("\(architecture).\(key)").flatMap { Int($0) }
  }

  private func metadata(_ key: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      let count = llama_model_meta_val_str(self.pointer, key, buffer.baseAddress, buffer.count)
      return count >= 0 ? String(cString: Array(buffer)) : nil
    }
  }
}
