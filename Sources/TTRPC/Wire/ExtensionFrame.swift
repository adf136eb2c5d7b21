package import NIOCore

/// A frame of the extension (WIRE.md section 4).
package enum ExtensionFrame: Hashable, Sendable {
  case settings(ConnectionSettings)
  /// The caller of a stream has cancelled; the code says why, with the numbers of `CallError.Code`.
  case cancel(stream: UInt32, code: UInt32)
  case ping(UInt64)
  case pong(UInt64)
  /// The offset up to which the sender accepts Data: bytes from the stream's beginning, headers
  /// included.
  case window(stream: UInt32, maxOffset: UInt64)
  case goAway(GoAway)

  /// The stream id that all of these frames carry: odd, and never a call's.
  package static let stream = UInt32.max

  /// - Returns: nil when `frame` is not of the extension.
  /// - Throws: `FrameError.malformed` when the payload does not match the type.
  package init?(_ frame: Frame) throws(FrameError) {
    guard frame.stream == Self.stream else { return nil }
    var data = frame.data
    switch frame.type {
    case .settings: self = .settings(try ConnectionSettings(reading: &data))
    case .goAway: self = .goAway(try GoAway(reading: &data))
    case .ping, .pong:
      guard data.readableBytes == 8, let opaque = data.readInteger(as: UInt64.self) else {
        throw .malformed(frame.type)
      }
      self = frame.type == .ping ? .ping(opaque) : .pong(opaque)
    case .cancel:
      guard
        data.readableBytes == 8,
        let (stream, code) = data.readMultipleIntegers(as: (UInt32, UInt32).self)
      else { throw .malformed(frame.type) }
      self = .cancel(stream: stream, code: code)
    case .window:
      guard
        data.readableBytes == 12,
        let (stream, maxOffset) = data.readMultipleIntegers(as: (UInt32, UInt64).self)
      else { throw .malformed(frame.type) }
      self = .window(stream: stream, maxOffset: maxOffset)
    default:
      return nil
    }
  }

  /// Appends the encoded frame to `buffer`.
  package func write(into buffer: inout ByteBuffer) {
    switch self {
    case .settings(let settings):
      buffer.writeExtensionFrame(.settings, length: settings.encodedLength) {
        settings.write(into: &$0)
      }
    case .cancel(let stream, let code):
      buffer.writeExtensionFrame(.cancel, length: 8) { $0.writeMultipleIntegers(stream, code) }
    case .ping(let opaque):
      buffer.writeExtensionFrame(.ping, length: 8) { $0.writeInteger(opaque) }
    case .pong(let opaque):
      buffer.writeExtensionFrame(.pong, length: 8) { $0.writeInteger(opaque) }
    case .window(let stream, let maxOffset):
      buffer.writeExtensionFrame(.window, length: 12) {
        $0.writeMultipleIntegers(stream, maxOffset)
      }
    case .goAway(let goAway):
      buffer.writeExtensionFrame(.goAway, length: goAway.encodedLength) {
        goAway.write(into: &$0)
      }
    }
  }
}

extension ByteBuffer {
  fileprivate mutating func writeExtensionFrame(
    _ type: FrameType,
    length: Int,
    _ writePayload: (inout ByteBuffer) -> Void
  ) {
    self.writeFrameHeader(
      FrameHeader(length: UInt32(length), stream: ExtensionFrame.stream, type: type, flags: [])
    )
    writePayload(&self)
  }
}
