package import NIOCore
internal import RPC

/// The header in front of every frame: 10 bytes, big-endian (WIRE.md section 1).
package struct FrameHeader: Hashable, Sendable {
  /// The size of the encoded header, in bytes.
  package static let size = 10
  /// The largest number of data bytes that a frame may carry.
  package static let maximumDataLength = 4_194_304

  package var length: UInt32  // bytes of data that follow. b[0..<4]
  package var stream: UInt32  // odd for streams that a client opened. b[4..<8]
  package var type: FrameType  // b[8]
  package var flags: FrameFlags  // b[9]

  /// Creates a header.
  package init(length: UInt32, stream: UInt32, type: FrameType, flags: FrameFlags) {
    self.length = length
    self.stream = stream
    self.type = type
    self.flags = flags
  }
}

/// What a frame is for. Receivers ignore unknown types.
package struct FrameType: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Opens a stream.
  package static let request = FrameType(rawValue: 0x01)
  /// Answers a unary or client-streaming call, or ends any call with an error.
  package static let response = FrameType(rawValue: 0x02)
  /// Carries one message of a stream.
  package static let data = FrameType(rawValue: 0x03)

  /// SETTINGS of the extension (WIRE.md section 4).
  package static let settings = FrameType(rawValue: 0xE0)
  /// CANCEL of the extension.
  package static let cancel = FrameType(rawValue: 0xE1)
  /// PING of the extension.
  package static let ping = FrameType(rawValue: 0xE2)
  /// PONG of the extension.
  package static let pong = FrameType(rawValue: 0xE3)
  /// WINDOW of the extension.
  package static let window = FrameType(rawValue: 0xE4)
  /// GOAWAY of the extension.
  package static let goAway = FrameType(rawValue: 0xE5)
}

/// How a frame changes the state of its stream.
package struct FrameFlags: OptionSet, Hashable, Sendable {
  package var rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The sender sends no more on this stream.
  package static let remoteClosed = FrameFlags(rawValue: 0x01)
  /// The sender will send Data on this stream.
  package static let remoteOpen = FrameFlags(rawValue: 0x02)
  /// The frame carries no message, not even an empty one.
  package static let noData = FrameFlags(rawValue: 0x04)
  /// The sender of this Request offers the extension (WIRE.md section 4).
  package static let offersExtension = FrameFlags(rawValue: 0x80)
}

/// A frame as it came from the peer.
package struct Frame: Hashable, Sendable {
  package var stream: UInt32
  package var type: FrameType
  package var flags: FrameFlags
  /// The data, without the header.
  package var data: ByteBuffer

  /// Creates a frame.
  package init(stream: UInt32, type: FrameType, flags: FrameFlags = [], data: ByteBuffer) {
    self.stream = stream
    self.type = type
    self.flags = flags
    self.data = data
  }

  /// The size with the header, in bytes, which counts against a window (WIRE.md section 4).
  var encodedLength: Int { FrameHeader.size + self.data.readableBytes }
}

extension ByteBuffer {
  /// Reads a header without consuming it; nil when there are fewer than 10 bytes.
  package func peekFrameHeader() -> FrameHeader? {
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

  /// Appends an encoded header.
  package mutating func writeFrameHeader(_ header: FrameHeader) {
    self.writeMultipleIntegers(
      header.length,
      header.stream,
      header.type.rawValue,
      header.flags.rawValue
    )
  }

  /// Appends a frame with the data that `writeData` appends; the length is filled in afterwards.
  ///
  /// - Throws: `CallError.resourceExhausted` when the data is over the limit, and what `writeData`
  ///   throws. The buffer is then unchanged.
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
  /// The text of stock Go peers for a message of `length` bytes (WIRE.md section 1).
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
