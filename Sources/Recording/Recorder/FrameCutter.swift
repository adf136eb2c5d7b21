internal import NIOCore
internal import RPC
internal import TTRPC

/// Cuts the bytes from one side of a connection into frames, without losing any.
struct FrameCutter {
  /// What a header of ttrpc can announce: its first byte is 0. Receivers refuse frames of more than
  /// 4 MiB, which is theirs to do.
  private static let maximumDataLength = 0xFF_FFFF

  private var decoder = FrameDecoder(maximumDataLength: Self.maximumDataLength)
  /// The beginning of an incomplete frame.
  private var pending = ByteBuffer()
  private var began = Duration.zero
  /// Whether the bytes are not frames.
  private var isRaw = false

  struct Piece {
    var kind: RecordedEvent.Kind
    /// When the first byte arrived, if that was earlier.
    var began: Duration?
  }

  /// Adds bytes, and returns the frames that they complete.
  mutating func append(_ bytes: ByteBuffer, at time: Duration) -> [Piece] {
    if self.isRaw { return [Piece(kind: .bytes(bytes))] }
    var isContinued = self.pending.readableBytes > 0
    if !isContinued { self.began = time }
    self.pending.writeImmutableBuffer(bytes)
    var pieces: [Piece] = []
    do throws(FrameError) {
      while case .frame(let frame) = try self.decoder.decode(buffer: &self.pending) {
        pieces.append(Piece(kind: .frame(frame), began: isContinued ? self.began : nil))
        isContinued = false
      }
      if !isContinued { self.began = time }
      self.pending.reclaimReadBytes()
    } catch {
      self.isRaw = true
      pieces += self.finish()
    }
    return pieces
  }

  /// The frame that the end cut off, if any.
  mutating func finish() -> [Piece] {
    guard self.pending.readableBytes > 0 else { return [] }
    defer { self.pending = ByteBuffer() }
    return [Piece(kind: .bytes(self.pending), began: self.began)]
  }
}
