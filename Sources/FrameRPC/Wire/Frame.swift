internal import NIOCore

/// The header in front of every frame: 10 bytes, big-endian (WIRE.md section 1).
struct FrameHeader: Hashable, Sendable {
  /// Of the encoded header, in bytes.
  static let size = 10
  /// The largest number of data bytes that a frame may carry.
  static let maximumDataLength = 4_194_304

  var length: UInt32  // bytes of data that follow. b[0..<4]
  var stream: UInt32  // odd for streams that a client opened. b[4..<8]
  var type: FrameType  // b[8]
  var flags: FrameFlags  // b[9]
}

/// What a frame is for. Types that this version does not know are kept, and ignored by receivers.
struct FrameType: RawRepresentable, Hashable, Sendable {
  var rawValue: UInt8

  /// Opens a stream.
  static let request = FrameType(rawValue: 0x01)
  /// Answers a unary or client-streaming call, or ends any call with an error.
  static let response = FrameType(rawValue: 0x02)
  /// Carries one message of a stream.
  static let data = FrameType(rawValue: 0x03)

  // The extension's (WIRE.md section 4).

  static let settings = FrameType(rawValue: 0xE0)
  static let cancel = FrameType(rawValue: 0xE1)
  static let ping = FrameType(rawValue: 0xE2)
  static let pong = FrameType(rawValue: 0xE3)
  static let window = FrameType(rawValue: 0xE4)
  static let goAway = FrameType(rawValue: 0xE5)
}

/// How a frame changes the state of its stream.
struct FrameFlags: OptionSet, Hashable, Sendable {
  var rawValue: UInt8

  /// The sender sends no more on this stream.
  static let remoteClosed = FrameFlags(rawValue: 0x01)
  /// The sender will send Data on this stream.
  static let remoteOpen = FrameFlags(rawValue: 0x02)
  /// The frame carries no message: its data is not an empty message but none.
  static let noData = FrameFlags(rawValue: 0x04)
  /// The sender of this Request offers the extension (WIRE.md section 4).
  static let offersExtension = FrameFlags(rawValue: 0x80)
}

/// A frame as it came from the peer.
struct Frame: Hashable, Sendable {
  var stream: UInt32
  var type: FrameType
  var flags: FrameFlags
  var data: ByteBuffer
}

extension ByteBuffer {
  /// Reads a header without consuming it; nil when fewer than its 10 bytes are there.
  func peekFrameHeader() -> FrameHeader? {
    guard
      let (length, stream, type, flags) = self.peekMultipleIntegers(
        as: (UInt32, UInt32, UInt8, UInt8).self
      )
    else { return nil }
    return FrameHeader(
      length: length,
      stream: stream,
      type: FrameType(rawValue: type),
      flags: FrameFlags(rawValue: flags)
    )
  }

  mutating func writeFrameHeader(_ header: FrameHeader) {
    self.writeMultipleIntegers(
      header.length,
      header.stream,
      header.type.rawValue,
      header.flags.rawValue
    )
  }

  /// Appends a frame whose data `writeData` appends; the length is filled in afterwards.
  ///
  /// - Throws: `CallError.resourceExhausted` when the data is over the limit, and whatever
  ///   `writeData` throws. The buffer is then as it was before.
  mutating func writeFrame(
    stream: UInt32,
    type: FrameType,
    flags: FrameFlags = [],
    writeData: (inout ByteBuffer) -> Void
  ) throws(CallError) {
    let start = self.writerIndex
    self.writeFrameHeader(FrameHeader(length: 0, stream: stream, type: type, flags: flags))
    writeData(&self)
    let length = self.writerIndex - start - FrameHeader.size
    guard length <= FrameHeader.maximumDataLength else {
      self.moveWriterIndex(to: start)
      throw .messageTooLong(length)
    }
    self.setInteger(UInt32(length), at: start)
  }
}

extension CallError {
  /// The text that stock Go peers give for a message of `length` bytes (WIRE.md section 1).
  static func messageTooLong(
    _ length: Int,
    limit: Int = FrameHeader.maximumDataLength
  ) -> CallError {
    CallError(
      .resourceExhausted,
      "message length \(length) exceed maximum message size of \(limit)"
    )
  }
}
