import NIOCore

@testable import Listening

/// A client that says bytes, and sees bytes.
struct Peer {
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

  func say(_ text: String) async throws {
    try await self.outbound.write(ByteBuffer(string: text))
  }

  /// Closes this side.
  func finish() {
    self.outbound.finish()
  }

  /// What comes up to the next occurrence of `mark`, and the mark; all when the server closes.
  mutating func hear(until mark: String) async throws -> String {
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
  mutating func hearAll() async throws -> String {
    while let bytes = try await self.inbound.next(isolation: #isolation) {
      self.received += String(buffer: bytes)
    }
    defer { self.received = "" }
    return self.received
  }
}

extension Endpoint {
  /// Connects, and closes at the end.
  func converse<Result: Sendable>(
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
  func answer(to text: String) async throws -> String {
    try await self.converse { peer in
      try await peer.say(text)
      return try await peer.hearAll()
    }
  }
}

extension String {
  /// A request of this server.
  static func request(
    _ line: String,
    _ fields: [String] = [],
    body: String? = nil,
    close: Bool = true
  ) -> String {
    var lines = ["\(line) HTTP/1.1", "Host: test"] + fields
    if close { lines.append("Connection: close") }
    if let body {
      lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"]
    }
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
  }

  /// The status of a response.
  var status: String { String(self.split(separator: " ").dropFirst().first ?? "") }

  /// What follows the head of a response.
  var content: String {
    guard let end = self.firstRange(of: "\r\n\r\n") else { return "" }
    return String(self[end.upperBound...])
  }

  /// The value of a header field of a response; nil without it.
  func field(_ name: String) -> String? {
    for line in self.split(separator: "\r\n").dropFirst() {
      let parts = line.split(separator: ": ", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == name.lowercased() { return String(parts[1]) }
    }
    return nil
  }
}
