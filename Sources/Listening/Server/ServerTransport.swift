package import NIOCore
package import RPC

/// A protocol that a server speaks on its connections.
package protocol ServerTransport: Sendable {
  /// The names that it has in the handshake of TLS (ALPN, RFC 7301).
  var applicationProtocols: [String] { get }

  /// Whether a connection that begins with this byte speaks it.
  func begins(with byte: UInt8) -> Bool

  /// Adds what speaks the protocol to the end of a connection's pipeline. Called on its event loop,
  /// when the connection has chosen this transport.
  ///
  /// It hands calls to `connection.calls`, and ends the connection at a `DrainEvent`.
  func addHandlers(to connection: ServerConnection) throws

  /// What answers a client that is not served here.
  func refusal(_ error: CallError) -> any ConnectionRefusal
}

/// Answers a client in its own protocol that it is not served. Knows no channel.
package protocol ConnectionRefusal {
  /// Takes what the client sends.
  ///
  /// - Returns: the answer, after which the connection is closed; empty while there is none yet.
  /// - Throws: when these bytes have no answer; the connection is closed.
  mutating func answer(to bytes: ByteBuffer) throws -> ByteBuffer
}
