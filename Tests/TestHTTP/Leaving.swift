package import Listening
package import NIOCore
internal import NIOHTTP1

/// How a client goes away from a request that is being answered.
package enum Leaving: CaseIterable, Sendable {
  /// Closes its connection of HTTP/1.
  case closing
  /// Closes its side of it alone.
  case finishing
  /// Resets its stream of HTTP/2.
  case resetting
  /// Closes its connection of HTTP/2.
  case closingConnection

  /// Posts a request, and goes away after `body`.
  ///
  /// - Parameters:
  ///   - waits: whether the answer's first bytes are waited for. No more is read in any case.
  package func leave(
    _ endpoint: Endpoint,
    _ path: String,
    _ request: String,
    waits: Bool,
    after body: @escaping @Sendable () async throws -> Void
  ) async throws {
    switch self {
    case .closing, .finishing:
      try await endpoint.converse { peer in
        try await peer.say(.request("POST \(path)", body: request))
        if waits { _ = try await peer.hear(until: "data: ") }
        try await body()
        guard self == .finishing else { return }
        peer.finish()
        _ = try? await peer.hearAll()
      }
    case .resetting, .closingConnection:
      let peer = try await HTTP2Peer.connect(to: endpoint)
      let stream = try await peer.begin(.POST, path, body: request, reads: waits)
      if waits {
        try await stream.begun.get()
        try await stream.channel.setOption(.autoRead, value: false).get()
      }
      try await body()
      if self == .resetting {
        stream.cancel()
        _ = try await stream.response.get()
      }
      try await peer.close()
    }
  }

  /// The ways that a client of gRPC has.
  package static let ofGRPC = [Leaving.resetting, .closingConnection]

  /// Makes a call of gRPC with one request, and goes away after `body`.
  ///
  /// - Parameters:
  ///   - waits: whether the first response is waited for. No more is read in any case.
  package func leave(
    _ endpoint: Endpoint,
    calling path: String,
    _ request: ByteBuffer,
    waits: Bool,
    after body: @escaping @Sendable () async throws -> Void
  ) async throws {
    let peer = try await GRPCPeer.connect(to: endpoint)
    let call = try await peer.begin(GRPCPeer.head(path), reads: waits)
    call.send(GRPCPeer.frame(request))
    call.end()
    if waits {
      var events = call.events.makeAsyncIterator()
      _ = await events.next()
      try await call.channel.setOption(.autoRead, value: false).get()
    }
    try await body()
    if self == .resetting {
      call.cancel()
      _ = try await call.reply()
    }
    try await peer.close()
  }
}
