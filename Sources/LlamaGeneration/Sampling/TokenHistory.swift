/// The last tokens of prompt and text, and how often each occurs.
struct TokenHistory {
  private let capacity: Int
  private var tokens: [Int32]
  /// The index of the oldest token, once there are `capacity` tokens.
  private var oldest = 0
  private(set) var counts: [Int32: Int] = [:]

  /// - Parameter capacity: how many tokens are kept; at least 1.
  init(capacity: Int, prompt: [Int32]) {
    self.capacity = capacity
    self.tokens = Array(prompt.suffix(capacity))
    for token in self.tokens { self.counts[token, default: 0] += 1 }
  }

  mutating func append(_ token: Int32) {
    self.counts[token, default: 0] += 1
    guard self.tokens.count == self.capacity else {
      self.tokens.append(token)
      return
    }
    self.forget(self.tokens[self.oldest])
    self.tokens[self.oldest] = token
    self.oldest = (self.oldest + 1) % self.capacity
  }

  private mutating func forget(_ token: Int32) {
    let count = self.counts[token, default: 0] - 1
    self.counts[token] = count > 0 ? count : nil
  }
}
