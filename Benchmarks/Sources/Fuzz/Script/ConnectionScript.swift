import Identifiers
import NIOCore

@testable import TTRPC

/// What a peer does on a connection, read from an input.
///
/// Most of its frames are well-formed, and their lengths right: a mutation of plain bytes would
/// hardly ever come past the first frame.
struct ConnectionScript: Sequence, IteratorProtocol {
  enum Step {
    case send(ByteBuffer)
    /// Takes no bytes from now on, or takes them again.
    case toggleReading
    /// Lets the other side do what it has to do.
    case wait
  }

  private var input: ByteBuffer

  init(_ input: ByteBuffer) {
    self.input = input
  }

  mutating func next() -> Step? {
    guard let kind: UInt8 = self.input.readInteger() else { return nil }
    switch kind % 8 {
    case 0: return .wait
    case 1: return .toggleReading
    case 2: return .send(self.readBytes())
    case 3: return .send(self.readRequest())
    case 4: return .send(self.readExtensionFrame())
    case 5: return .send(self.readFrame(.data))
    case 6: return .send(self.readFrame(self.readType()))
    default: return .send(self.readLyingFrame())
    }
  }

  /// The bytes of all steps, joined.
  var allBytes: ByteBuffer {
    self.reduce(into: ByteBuffer()) { bytes, step in
      if case .send(let more) = step { bytes.writeImmutableBuffer(more) }
    }
  }
}

extension ConnectionScript {
  private static let specialStreams: [UInt32] = [0, 2, .max, .max - 1, .max - 2, 0x7FFF_FFFF]
  private static let types: [FrameType] = [
    .request, .response, .data, .settings, .cancel, .ping, .pong, .window, .goAway,
    FrameType(rawValue: 0x04),
  ]

  private mutating func readNumber<Number: FixedWidthInteger>() -> Number {
    self.input.readInteger() ?? 0
  }

  private mutating func readBytes() -> ByteBuffer {
    let length: UInt8 = self.readNumber()
    return self.input.readSlice(length: Swift.min(Int(length), self.input.readableBytes))
      ?? ByteBuffer()
  }

  private mutating func readStream() -> UInt32 {
    let number: UInt8 = self.readNumber()
    let special = Int(number) - 0xF0
    return special < 0 ? UInt32(number) : Self.specialStreams[special % Self.specialStreams.count]
  }

  private mutating func readFlags() -> FrameFlags { FrameFlags(rawValue: self.readNumber()) }

  private mutating func readType() -> FrameType {
    let index: UInt8 = self.readNumber()
    return Self.types[Int(index) % Self.types.count]
  }

  private mutating func readFrame(_ type: FrameType) -> ByteBuffer {
    let (stream, flags) = (self.readStream(), self.readFlags())
    return Self.frame(type, stream: stream, flags: flags, self.readBytes())
  }

  /// A frame that says that it has another length.
  private mutating func readLyingFrame() -> ByteBuffer {
    let length: UInt32 = self.readNumber()
    var frame = self.readFrame(self.readType())
    frame.setInteger(length, at: frame.readerIndex)
    return frame
  }

  private mutating func readRequest() -> ByteBuffer {
    let (stream, flags) = (self.readStream(), self.readFlags())
    let method = Character(UnicodeScalar(self.readNumber() as UInt8))
    let timeout: Int8 = self.readNumber()
    let envelope = RequestEnvelope(
      service: FuzzService.name.text,
      method: String(method),
      payload: self.readBytes(),
      timeoutNano: Int64(timeout)
    )
    return Self.frame(.request, stream: stream, flags: flags, envelope.serialized())
  }

  private mutating func readExtensionFrame() -> ByteBuffer {
    let kind: UInt8 = self.readNumber()
    let frame: ExtensionFrame
    switch kind % 6 {
    case 0:
      var settings = ConnectionSettings()
      settings.initialWindow = self.readNumber()
      frame = .settings(settings)
    case 1: frame = .cancel(stream: self.readStream(), code: self.readNumber())
    case 2: frame = .ping(self.readNumber())
    case 3: frame = .pong(self.readNumber())
    case 4: frame = .window(stream: self.readStream(), maxOffset: self.readNumber())
    default:
      frame = .goAway(
        GoAway(lastStream: self.readStream(), code: .noError, gracePeriod: 0, message: "")
      )
    }
    var bytes = ByteBuffer()
    frame.write(into: &bytes)
    return bytes
  }

  static func frame(
    _ type: FrameType,
    stream: UInt32,
    flags: FrameFlags,
    _ data: ByteBuffer
  ) -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.writeFrameHeader(
      FrameHeader(length: UInt32(data.readableBytes), stream: stream, type: type, flags: flags)
    )
    bytes.writeImmutableBuffer(data)
    return bytes
  }
}
