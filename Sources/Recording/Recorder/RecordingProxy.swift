public import Listening
internal import NIOCore
internal import RPC
internal import TTRPC

/// A proxy that forwards bytes between clients and a server, and records them.
///
/// Bytes are recorded before they are forwarded. A side that does not read slows the other one
/// down, as it would without the proxy.
public struct RecordingProxy: Sendable {
  private let listen: Endpoint
  private let serverTLS: ServerTLS?
  private let target: Endpoint
  private let clientTLS: ClientTLS?
  private let recorder: Recorder

  /// - Parameters:
  ///   - serverTLS: TLS for the clients' connections; nil disables it.
  ///   - clientTLS: TLS for the connections to the server; nil disables it.
  public init(
    listen: Endpoint,
    tls serverTLS: ServerTLS? = nil,
    to target: Endpoint,
    tls clientTLS: ClientTLS? = nil,
    recorder: Recorder
  ) {
    self.listen = listen
    self.serverTLS = serverTLS
    self.target = target
    self.clientTLS = clientTLS
    self.recorder = recorder
  }

  /// Listens and forwards until this task is cancelled.
  ///
  /// - Parameters:
  ///   - onListening: called once with the address, when the proxy accepts connections.
  ///   - onFailure: called with a sentence for each client for which the server cannot be reached.
  /// - Throws: `ListenError` when the proxy cannot listen on the address, and then no file is
  ///   created; `RecordingError` when the recording cannot be written.
  public func run(
    onListening: @Sendable (Endpoint) async -> Void,
    onFailure: @escaping @Sendable (String) -> Void
  ) async throws {
    let (listener, address) = try await self.listen.listenForBytes(
      tls: self.serverTLS,
      [TTRPCTransport()]
    )
    try await listener.executeThenClose { connections in
      // Discarding: see `RPCServer.run`.
      try await withThrowingDiscardingTaskGroup { group in
        try await self.recorder.begin()
        await onListening(address)
        for try await connection in connections {
          group.addTask {
            do {
              try await self.serve(connection, onFailure: onFailure)
            } catch {
              // Ends the loop, which the group does not cancel.
              listener.channel.close(promise: nil)
              throw error
            }
          }
        }
      }
    }
  }

  private func serve(
    _ client: ByteConnection,
    onFailure: @Sendable (String) -> Void
  ) async throws {
    let id: Int
    do {
      id = try await self.recorder.open()
    } catch {
      // The connection has not been used: why it cannot be closed is of no interest.
      try? await client.executeThenClose { _, _ in }
      throw error
    }
    do {
      try await client.executeThenClose { fromClient, toClient in
        let server: ByteConnection
        do throws(CallError) {
          server = try await self.target.connectForBytes(tls: self.clientTLS)
        } catch {
          try await self.recorder.ended(.server, on: id, error: error.message)
          onFailure(error.message)
          return
        }
        try await server.executeThenClose { fromServer, toServer in
          try await withThrowingTaskGroup { group in
            group.addTask {
              try await self.relay(fromClient, to: toServer, id, .client)
              await server.endOutput()
            }
            group.addTask {
              try await self.relay(fromServer, to: toClient, id, .server)
              await client.endOutput()
            }
            // Not waitForAll: when one side fails, the other is not to be waited for.
            for try await _ in group {}
          }
        }
      }
    } catch let error as RecordingError {
      throw error
    } catch is CancellationError {
      // The recording ends before the connection.
    } catch {
      // One side's end, which is recorded, ended the other side; other connections continue.
      for side in [RecordedEvent.Side.client, .server] {
        try await self.recorder.ended(side, on: id, error: "the other side is gone")
      }
    }
    try await self.recorder.close(id)
  }

  /// Forwards what `side` sends until it ends.
  private func relay(
    _ source: NIOAsyncChannelInboundStream<ByteBuffer>,
    to destination: NIOAsyncChannelOutboundWriter<ByteBuffer>,
    _ connection: Int,
    _ side: RecordedEvent.Side
  ) async throws {
    var failed = side
    do {
      for try await bytes in source {
        try await self.recorder.received(bytes, on: connection, from: side)
        failed = side.other
        try await destination.write(bytes)
        failed = side
      }
      try Task.checkCancellation()
    } catch let error where !(error is CancellationError || error is RecordingError) {
      let reason = SocketFailure(error).description
      try await self.recorder.ended(failed, on: connection, error: reason)
      throw error
    }
    try await self.recorder.ended(side, on: connection)
  }
}

extension RecordedEvent.Side {
  fileprivate var other: Self { self == .client ? .server : .client }
}
