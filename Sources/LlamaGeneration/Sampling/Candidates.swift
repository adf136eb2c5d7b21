/// A token that may be chosen.
struct Candidate {
  var token: Int32
  var logit: Float

  /// The likelier token comes first; of two equally likely ones, the one with the smaller id.
  func precedes(_ other: Candidate) -> Bool {
    self.logit != other.logit ? self.logit > other.logit : self.token < other.token
  }
}

/// Keeps the likeliest of the tokens that are added, in a heap with the least likely on top: a less
/// likely token costs one comparison.
struct LikeliestTokens {
  /// Tokens are compared in blocks of this size: most blocks contain no candidate.
  fileprivate static let blockSize = 64

  private let capacity: Int
  private var heap: [Candidate] = []

  init(capacity: Int) {
    self.capacity = capacity
    self.heap.reserveCapacity(capacity)
  }

  /// The `count` likeliest of a whole vocabulary, likeliest first.
  static func sorted(_ count: Int, of logits: UnsafeMutableBufferPointer<Float>) -> [Candidate] {
    var likeliest = LikeliestTokens(capacity: count)
    likeliest.show(logits)
    return likeliest.sorted()
  }

  mutating func show(_ logits: UnsafeMutableBufferPointer<Float>) {
    guard self.capacity > 0 else { return }
    for index in logits.indices.prefix(self.capacity) {
      self.show(Candidate(token: Int32(index), logit: logits[index]))
    }
    var least = self.heap.first?.logit ?? 0
    var index = min(self.capacity, logits.count)
    while index < logits.count {
      let end = min(index + Self.blockSize, logits.count)
      if logits.hasLogit(above: least, in: index ..< end) {
        for index in index ..< end where logits[index] > least {
          self.show(Candidate(token: Int32(index), logit: logits[index]))
          least = self.heap[0].logit
        }
      }
      index = end
    }
  }

  mutating func show(_ candidate: Candidate) {
    if self.heap.count < self.capacity {
      self.heap.append(candidate)
      self.siftUp(self.heap.count - 1)
    } else if let least = self.heap.first, candidate.precedes(least) {
      self.heap[0] = candidate
      self.siftDown(0)
    }
  }

  /// Likeliest first.
  func sorted() -> [Candidate] {
    self.heap.sorted { $0.precedes($1) }
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard self.heap[parent].precedes(self.heap[child]) else { return }
      self.heap.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      if 2 * parent + 1 >= self.heap.count { return }
      let children = 2 * parent + 1 ..< min(2 * parent + 3, self.heap.count)
      for child in children where self.heap[least].precedes(self.heap[child]) {
        least = child
      }
      if least == parent { return }
      self.heap.swapAt(parent, least)
      parent = least
    }
  }
}

extension UnsafeMutableBufferPointer<Float> {
  /// The index of the first largest element.
  var indexOfMaximum: Int {
    var best = 0
    var start = 0
    while start < self.count {
      let block = start ..< Swift.min(start + LikeliestTokens.blockSize, self.count)
      if self.hasLogit(above: self[best], in: block) {
        for index in block where self[index] > self[best] { best = index }
      }
      start = block.upperBound
    }
    return best
  }

  /// Without branches, so that it is vectorized.
  fileprivate func hasLogit(above least: Float, in range: Range<Int>) -> Bool {
    var count: Int32 = 0
    for index in range { count &+= self[index] > least ? 1 : 0 }
    return count != 0
  }
}
