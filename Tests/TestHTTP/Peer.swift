package import Listening
internal import NIOCore

/// A client that says bytes, and sees bytes.
package struct Peer {
  private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  /// What was received and not returned yet.
  private var received = ""

  fileprivate init(
    _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
    _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) {
    self.inbound = inbound.makeAsyncIterator()
    self.outbound = outbound
  }

  package func say(_ text: String) async throws {
    try await self.outbound.write(ByteBuffer(string: text))
  }

  /// Closes this side.
  package func finish() {
    self.outbound.finish()
  }

  /// What comes up to the next occurrence of `mark`, and the mark; all when the server closes.
  package mutating func hear(until mark: String) async throws -> String {
    while true {
      if let range = self.received.firstRange(of: mark) {
        let heard = String(self.received[..<range.upperBound])
        self.received = String(self.received[range.upperBound...])
        return heard
      }
      guard let bytes = try await self.inbound.next(isolation: #isolation) else {
        defer { self.received = "" }
        return self.received
      }
      self.received += String(buffer: bytes)
    }
  }

  /// What comes until the server closes.
  package mutating func hearAll() async throws -> String {
    while let bytes = try await self.inbound.next(isolation: #isolation) {
      self.received += String(buffer: bytes)
    }
    defer { self.received = "" }
    return self.received
  }
}

extension Endpoint {
  /// Connects, and closes at the end.
  package func converse<Result: Sendable>(
    tls: ClientTLS? = nil,
    _ body: @escaping @Sendable (inout Peer) async throws -> Result
  ) async throws -> Result {
    let connection = try await self.connectForBytes(tls: tls)
    return try await connection.executeThenClose { inbound, outbound in
      var peer = Peer(inbound, outbound)
      return try await body(&peer)
    }
  }

  /// Says a text, and returns all that is answered until the server closes.
  package func answer(to text: String) async throws -> String {
    try await self.converse { peer in
      try await peer.say(text)
      return try await peer.hearAll()
    }
  }
}
