internal import NIOCore

/// The announcement that a connection ends: the payload of a GOAWAY frame (WIRE.md section 4).
package struct GoAway: Hashable, Sendable {
  /// Streams above this one were not processed: their calls are safe to make again.
  package var lastStream: UInt32
  /// Why the connection ends.
  package var code: Code
  /// How long the streams up to `lastStream` may go on, in milliseconds.
  package var gracePeriod: UInt32
  /// A message for the client's log.
  package var message: String

  /// Why a connection ends.
  package struct Code: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt32

    package init(rawValue: UInt32) {
      self.rawValue = rawValue
    }

    /// The server stops, or the connection was idle.
    static let noError = Code(rawValue: 0)
    /// The peer violated WIRE.md.
    static let protocolError = Code(rawValue: 1)
    static let tooManyPings = Code(rawValue: 2)
  }

  /// The `lastStream` of the first step of a drain: it excludes nothing yet.
  static let everyStream = UInt32.max

  var encodedLength: Int { 12 + self.message.utf8.count }

  func write(into buffer: inout ByteBuffer) {
    buffer.writeMultipleIntegers(self.lastStream, self.code.rawValue, self.gracePeriod)
    buffer.writeString(self.message)
  }
}

extension GoAway {
  init(reading buffer: inout ByteBuffer) throws(FrameError) {
    guard
      let (lastStream, code, gracePeriod) = buffer.readMultipleIntegers(
        as: (UInt32, UInt32, UInt32).self
      ),
      let message = String(validating: buffer.readableBytesView, as: UTF8.self)
    else { throw .malformed(.goAway) }
    self.init(
      lastStream: lastStream,
      code: Code(rawValue: code),
      gracePeriod: gracePeriod,
      message: message
    )
  }
}
