public import NIOCore

/// A protobuf message as a Swift value. Conformances are generated (`make proto`).
public protocol Message: Sendable {
  /// Decodes a message; unknown fields are dropped.
  ///
  /// - Throws: `MessageError` when the bytes are not this message, or a string is not UTF-8.
  init(serialized bytes: ByteBuffer) throws(MessageError)

  /// Appends the encoded message to `buffer`.
  func serialize(into buffer: inout ByteBuffer)
}

/// Why a message cannot be decoded.
public struct MessageError: Error, Hashable, CustomStringConvertible {
  /// One sentence that names the message, and the field if one is wrong.
  public let message: String

  /// Creates an error with that sentence.
  public init(_ message: String) {
    self.message = message
  }

  /// The error's message.
  public var description: String { self.message }
}
