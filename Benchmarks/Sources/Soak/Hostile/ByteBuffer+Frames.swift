import NIOCore

/// Frames as Protos/WIRE.md has them, right or wrong.
extension ByteBuffer {
  /// Appends a frame.
  ///
  /// - Parameter length: what the header says; by default the truth.
  mutating func writeFrame(
    _ type: FrameKind,
    stream: UInt32 = .max,
    flags: UInt8 = 0,
    length: Int? = nil,
    _ data: ByteBuffer = ByteBuffer()
  ) {
    self.writeMultipleIntegers(
      UInt32(length ?? data.readableBytes),
      stream,
      type.rawValue,
      flags
    )
    self.writeImmutableBuffer(data)
  }

  /// Appends a Request for `tokens` tokens of text.
  mutating func writeGenerate(stream: UInt32, tokens: UInt64 = 1_000_000, flags: UInt8 = 1) {
    var request = ByteBuffer()
    request.writeField(2, ByteBuffer(string: "Go"))
    request.writeTag(6, wireType: 0)
    request.writeVarint(tokens)
    self.writeCall("Generate", request, stream: stream, flags: flags)
  }

  /// Appends a Request for a method of the service.
  mutating func writeCall(
    _ method: String,
    _ request: ByteBuffer,
    stream: UInt32 = 1,
    flags: UInt8 = 1
  ) {
    var envelope = ByteBuffer()
    envelope.writeField(1, ByteBuffer(string: "tokenwire.v1.Tokenwire"))
    envelope.writeField(2, ByteBuffer(string: method))
    envelope.writeField(3, request)
    self.writeFrame(.request, stream: stream, flags: flags, envelope)
  }

  /// Appends a call that offers the extension, and this side's consent to it.
  mutating func writeAgreement(window: UInt32) {
    self.writeGenerate(stream: 1, tokens: 1, flags: 0x81)
    var settings = ByteBuffer()
    settings.writeMultipleIntegers(UInt16(3), window)
    self.writeFrame(.settings, settings)
  }

  mutating func writeCancel(stream: UInt32) {
    var data = ByteBuffer()
    data.writeMultipleIntegers(stream, UInt32(1))
    self.writeFrame(.cancel, data)
  }

  mutating func writeWindow(stream: UInt32, maxOffset: UInt64) {
    var data = ByteBuffer()
    data.writeMultipleIntegers(stream, maxOffset)
    self.writeFrame(.window, data)
  }

  // The wire format: https://protobuf.dev/programming-guides/encoding/

  mutating func writeField(_ number: UInt64, _ bytes: ByteBuffer) {
    self.writeTag(number, wireType: 2)
    self.writeVarint(UInt64(bytes.readableBytes))
    self.writeImmutableBuffer(bytes)
  }

  mutating func writeTag(_ number: UInt64, wireType: UInt64) {
    self.writeVarint(number << 3 | wireType)
  }

  mutating func writeVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      self.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    self.writeInteger(UInt8(rest))
  }
}

/// The types of frames.
enum FrameKind: UInt8, CaseIterable {
  case request = 0x01
  case response = 0x02
  case data = 0x03
  case settings = 0xE0
  case cancel = 0xE1
  case ping = 0xE2
  case pong = 0xE3
  case window = 0xE4
  case goAway = 0xE5
}
