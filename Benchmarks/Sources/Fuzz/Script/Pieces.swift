import NIOCore

/// Bytes cut as a network may cut them: the same input always in the same places.
struct Pieces: Sequence, IteratorProtocol {
  private var rest: ByteBuffer
  private var random: SeededGenerator

  init(_ bytes: ByteBuffer) {
    self.rest = bytes
    self.random = SeededGenerator(seed: bytes)
  }

  mutating func next() -> ByteBuffer? {
    guard self.rest.readableBytes > 0 else { return nil }
    // Mostly in the middle of a header.
    let length = Int.random(in: 1 ... 20, using: &self.random)
    return self.rest.readSlice(length: Swift.min(length, self.rest.readableBytes))
  }
}
