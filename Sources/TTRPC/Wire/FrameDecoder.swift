package import NIOCore

/// Splits a byte stream into frames (WIRE.md section 1).
///
/// A frame over the limit is reported at once by its header, and its data is discarded as it
/// arrives, so that it costs neither memory nor the connection.
package struct FrameDecoder: NIOSingleStepByteToMessageDecoder {
  /// A frame, or the header of one over the limit.
  package enum InboundOut: Hashable, Sendable {
    case frame(Frame)
    case oversized(FrameHeader)
  }

  /// The largest number of data bytes that a frame may carry here.
  private let maximumDataLength: Int
  /// The data bytes of an oversized frame that have not arrived yet.
  private var bytesToDiscard = 0

  /// Creates a decoder.
  package init(maximumDataLength: Int = FrameHeader.maximumDataLength) {
    self.maximumDataLength = maximumDataLength
  }

  /// - Throws: `FrameError.notTTRPC` when the bytes cannot be ttrpc.
  package mutating func decode(buffer: inout ByteBuffer) throws(FrameError) -> InboundOut? {
    if self.bytesToDiscard > 0 {
      let discarded = min(self.bytesToDiscard, buffer.readableBytes)
      buffer.moveReaderIndex(forwardBy: discarded)
      self.bytesToDiscard -= discarded
      guard self.bytesToDiscard == 0 else { return nil }
    }
    if let first: UInt8 = buffer.getInteger(at: buffer.readerIndex), first != 0 {
      throw .notTTRPC(firstByte: first)
    }
    guard let header = buffer.peekFrameHeader() else { return nil }
    let length = Int(header.length)
    guard length <= self.maximumDataLength else {
      buffer.moveReaderIndex(forwardBy: FrameHeader.size)
      self.bytesToDiscard = length
      return .oversized(header)
    }
    guard buffer.readableBytes >= FrameHeader.size + length else { return nil }
    buffer.moveReaderIndex(forwardBy: FrameHeader.size)
    guard let data = buffer.readSlice(length: length) else { return nil }
    return .frame(
      Frame(stream: header.stream, type: header.type, flags: header.flags, data: data)
    )
  }

  /// Decodes the rest of a stream that has ended.
  package mutating func decodeLast(
    buffer: inout ByteBuffer,
    seenEOF: Bool
  ) throws(FrameError) -> InboundOut? {
    try self.decode(buffer: &buffer)
  }
}

/// Why a connection cannot continue as ttrpc.
package enum FrameError: Error, Hashable {
  /// The first byte of a frame is always 0, because the data's length is limited.
  case notTTRPC(firstByte: UInt8)
  /// A frame of the extension whose payload does not match its type.
  case malformed(FrameType)
}
