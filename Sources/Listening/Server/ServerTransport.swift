package import NIOCore
package import RPC

/// A wire protocol that a server speaks.
package protocol ServerTransport: Sendable {
  /// Its names in the TLS handshake (ALPN, RFC 7301).
  var applicationProtocols: [String] { get }

  /// Whether connections of this protocol begin with this byte.
  func begins(with byte: UInt8) -> Bool

  /// Adds the protocol's handlers to the end of a connection's pipeline. Called on its event loop,
  /// when the connection has chosen this transport.
  ///
  /// They pass calls to `connection.calls`, and end the connection at a `DrainEvent`.
  func addHandlers(to connection: ServerConnection) throws

  /// The refusal of a client of this protocol.
  func refusal(_ error: CallError) -> any ConnectionRefusal
}

/// Tells a client, in its own protocol, that it is not served. It works on bytes, without a
/// channel.
package protocol ConnectionRefusal {
  /// Takes what the client sends.
  ///
  /// - Returns: the answer, after which the connection is closed; empty while there is none yet.
  /// - Throws: when these bytes have no answer; the connection is closed.
  mutating func answer(to bytes: ByteBuffer) throws -> ByteBuffer
}
