package import Listening
internal import NIOCore
package import RPC

/// ttrpc for a server's connections, with the extension for clients that offer it (WIRE.md).
package struct TTRPCTransport: ServerTransport {
  /// Creates the transport.
  package init() {}

  /// The extension's name comes first, so that a client that knows both chooses it (WIRE.md section
  /// 4).
  package static let applicationProtocols = ["tokenwire/1", "ttrpc/1.2"]

  /// The names in TLS (ALPN).
  package var applicationProtocols: [String] { Self.applicationProtocols }

  /// The first byte of a frame is always 0, because the data's length is limited.
  package func begins(with byte: UInt8) -> Bool { byte == 0 }

  /// Adds the handlers for frames and calls.
  package func addHandlers(to connection: ServerConnection) throws {
    let gate = ReadGate(limit: ServerConnectionHandler.maximumUnread)
    try connection.channel.pipeline.syncOperations.addHandlers(
      ReadGateHandler(gate),
      ServerConnectionHandler(connection, gate: gate)
    )
  }

  /// Answers requests with an error.
  package func refusal(_ error: CallError) -> any ConnectionRefusal { TTRPCRefusal(error) }
}

/// Answers requests with an error.
private struct TTRPCRefusal: ConnectionRefusal {
  /// Larger frames are not kept, because they are never decoded.
  private static let maximumFrame = 64 << 10

  private let error: CallError
  private let decoder = NIOSingleStepByteToMessageProcessor(
    FrameDecoder(maximumDataLength: Self.maximumFrame)
  )

  init(_ error: CallError) {
    self.error = error
  }

  /// Answers complete requests only: closing the connection while the client still writes could
  /// lose the answer.
  mutating func answer(to bytes: ByteBuffer) throws -> ByteBuffer {
    var answers = ByteBuffer()
    try self.decoder.process(buffer: bytes) { input in
      let (stream, type) =
        switch input {
        case .frame(let frame): (frame.stream, frame.type)
        case .oversized(let header): (header.stream, header.type)
        }
      if type == .request { answers.writeError(self.error, stream: stream) }
    }
    return answers
  }
}
