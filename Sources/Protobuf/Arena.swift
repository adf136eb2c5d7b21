#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Memory that is allocated in small pieces and freed all at once.
///
/// Most messages fit into its first block, which is on the stack, and need no allocation.
public struct Arena {
  @usableFromInline var next: UnsafeMutableRawPointer
  @usableFromInline var end: UnsafeMutableRawPointer
  /// Blocks on the heap, for what does not fit on the stack.
  @usableFromInline var blocks: [UnsafeMutableRawPointer] = []
  @usableFromInline var bytesInBlocks = 0

  @usableFromInline static let firstBlockSize = 2048
  @usableFromInline static let alignment = 16
  /// A frame holds 4 MiB, and nothing honest grows to sixteen times that; two million empty
  /// submessages would grow to fifty times.
  @usableFromInline static let maximumSize = 64 * 1024 * 1024

  @inlinable
  init(_ block: UnsafeMutableRawBufferPointer) {
    // Temporary allocations of more than no bytes have an address.
    self.next = block.baseAddress.unsafelyUnwrapped
    self.end = self.next + block.count
  }

  /// Runs `body` with an arena, which is freed when `body` returns.
  @inlinable
  static func withArena<Result>(_ body: (inout Arena) -> Result) -> Result {
    withUnsafeTemporaryAllocation(byteCount: self.firstBlockSize, alignment: self.alignment) {
      var arena = Arena($0)
      defer { arena.freeBlocks() }
      return body(&arena)
    }
  }

  /// Returns memory for `byteCount` bytes, aligned for any C type; nil when the arena would exceed
  /// its maximum.
  @inlinable
  mutating func allocate(byteCount: Int) -> UnsafeMutableRawPointer? {
    guard byteCount <= Self.maximumSize else { return nil }
    let size = (byteCount + Self.alignment - 1) & ~(Self.alignment - 1)
    if size > self.end - self.next {
      guard self.addBlock(atLeast: size) else { return nil }
    }
    defer { self.next += size }
    return self.next
  }

  @usableFromInline
  mutating func addBlock(atLeast size: Int) -> Bool {
    let blockSize = max(size, Self.firstBlockSize << min(self.blocks.count, 10))
    guard
      self.bytesInBlocks + blockSize <= Self.maximumSize,
      let block = malloc(blockSize)
    else { return false }
    self.blocks.append(block)
    self.bytesInBlocks += blockSize
    self.next = block
    self.end = block + blockSize
    return true
  }

  @usableFromInline
  func freeBlocks() {
    for block in self.blocks { free(block) }
  }
}
