package import Listening
internal import NIOCore
package import RPC

/// ttrpc, with the extension for clients that ask for it (WIRE.md), on the connections of a server.
package struct TTRPCTransport: ServerTransport {
  package init() {}

  /// The extension's name comes first: who knows both is to choose it (WIRE.md section 4).
  package static let applicationProtocols = ["tokenwire/1", "ttrpc/1.2"]

  package var applicationProtocols: [String] { Self.applicationProtocols }

  /// The first byte of a frame is always 0, because the data's length is limited.
  package func begins(with byte: UInt8) -> Bool { byte == 0 }

  package func addHandlers(to connection: ServerConnection) throws {
    let gate = ReadGate(limit: ServerConnectionHandler.maximumUnread)
    try connection.channel.pipeline.syncOperations.addHandlers(
      ReadGateHandler(gate),
      ServerConnectionHandler(connection, gate: gate)
    )
  }

  package func refusal(_ error: CallError) -> any ConnectionRefusal { TTRPCRefusal(error) }
}

/// Answers requests with an error.
private struct TTRPCRefusal: ConnectionRefusal {
  /// Larger frames are not kept, because nobody will read them.
  private static let maximumFrame = 64 << 10

  private let error: CallError
  private let decoder = NIOSingleStepByteToMessageProcessor(
    FrameDecoder(maximumDataLength: Self.maximumFrame)
  )

  init(_ error: CallError) {
    self.error = error
  }

  /// Answers requests once they are there as a whole: the answer to a client that still writes can
  /// get lost when the connection is closed.
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
