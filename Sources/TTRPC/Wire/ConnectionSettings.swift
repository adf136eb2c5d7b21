internal import NIOCore

/// What each side tells the other when they agree on the extension: the payload of a SETTINGS
/// frame, n times a u16 id and a u32 value (WIRE.md section 4).
package struct ConnectionSettings: Hashable, Sendable {
  /// The version of the extension.
  package var version: UInt32 = 1
  /// No bits are defined yet.
  package var capabilities: UInt32 = 0
  /// The bytes that the sender accepts on each stream before its first WINDOW.
  package var initialWindow: UInt32 = 262_144
  /// The most concurrent calls that the sender serves on the connection.
  package var maxConcurrentStreams: UInt32 = .max
  /// The minimum time that the sender wants between two PINGs, in milliseconds.
  package var minPingInterval: UInt32 = 0
  /// The most data bytes in a frame that the sender accepts.
  package var maxFrame = UInt32(FrameHeader.maximumDataLength)
  /// The time after which the sender closes a connection without calls, in milliseconds; 0 is
  /// never.
  package var idleTimeout: UInt32 = 0

  private static let fields: [(id: UInt16, value: any WritableKeyPath<Self, UInt32> & Sendable)] = [
    (1, \.version),
    (2, \.capabilities),
    (3, \.initialWindow),
    (4, \.maxConcurrentStreams),
    (5, \.minPingInterval),
    (6, \.maxFrame),
    (7, \.idleTimeout),
  ]
  private static let fieldLength = 6

  var encodedLength: Int { Self.fields.count * Self.fieldLength }

  func write(into buffer: inout ByteBuffer) {
    for field in Self.fields {
      buffer.writeMultipleIntegers(field.id, self[keyPath: field.value])
    }
  }
}

extension ConnectionSettings {
  /// Reads settings; unknown ids are skipped.
  init(reading buffer: inout ByteBuffer) throws(FrameError) {
    self.init()
    guard buffer.readableBytes.isMultiple(of: Self.fieldLength) else { throw .malformed(.settings) }
    while let (id, value) = buffer.readMultipleIntegers(as: (UInt16, UInt32).self) {
      guard let field = Self.fields.first(where: { $0.id == id }) else { continue }
      self[keyPath: field.value] = value
    }
  }
}
