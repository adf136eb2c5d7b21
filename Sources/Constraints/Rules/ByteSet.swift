/// A set of bytes.
struct ByteSet: Hashable {
  private var words: SIMD4<UInt64> = .zero

  init() {}

  init(_ range: ClosedRange<UInt8>) {
    for byte in range { self.insert(byte) }
  }

  mutating func insert(_ byte: UInt8) {
    self.words[Int(byte >> 6)] |= 1 << (byte & 63)
  }

  mutating func formUnion(_ other: ByteSet) {
    self.words |= other.words
  }

  func contains(_ byte: UInt8) -> Bool {
    self.words[Int(byte >> 6)] >> (byte & 63) & 1 == 1
  }

  /// In ascending order.
  var elements: [UInt8] {
    (0 ..< 4).flatMap { index in
      (0 ..< 64).filter { self.words[index] >> $0 & 1 == 1 }.map { UInt8(index * 64 + $0) }
    }
  }

  var count: Int { (0 ..< 4).reduce(0) { $0 + self.words[$1].nonzeroBitCount } }
}
