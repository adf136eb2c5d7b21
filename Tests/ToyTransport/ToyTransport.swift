internal import Foundation
internal import Identifiers
internal import NIOCore
internal import NIOPosix
package import RPC
internal import Synchronization

/// Calls over a pair of pipes, in lines of JSON. Shows what a transport has to do, and that `RPC`
/// suffices for it.
package enum ToyTransport {
  /// Serves until the client has closed its end and the calls have ended.
  package static func serve(_ dispatcher: CallDispatcher, input: CInt, output: CInt) async throws {
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let calls = ConnectionCalls(dispatcher, peer: "pipe", peerAddress: "pipe", on: eventLoop)
    let channel = try await NIOPipeBootstrap(group: eventLoop)
      .takingOwnershipOfDescriptors(input: input, output: output) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ToyConnection(calls))
          return channel
        }
      }
    channel.closeFuture.whenComplete { _ in calls.finish() }
    await calls.serve()
    try? await channel.close()
  }
}

/// What a client says. The first line of a call has a method, and its request where there is one;
/// others have one of a stream of requests; one with neither ends them.
private struct ClientLine: Decodable {
  var id: Int
  var service: String?
  var method: String?
  var seconds: Double?
  var message: Data?
  var isCancelled: Bool?
}

/// What a server says: `code` ends the call, and is 0 for success.
private struct ServerLine: Encodable {
  var id: Int
  var message: Data?
  var code: Int32?
  var text: String?
}

/// Reads a client's lines, and opens calls.
private final class ToyConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let calls: ConnectionCalls
  private var open: [Int: ServerCall] = [:], received = ByteBuffer()

  init(_ calls: ConnectionCalls) {
    self.calls = calls
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    self.received.writeImmutableBuffer(self.unwrapInboundIn(data))
    while let end = self.received.readableBytesView.firstIndex(of: UInt8(ascii: "\n")),
      let line = self.received.readBytes(length: end + 1 - self.received.readerIndex)
    {
      guard let line = try? JSONDecoder().decode(ClientLine.self, from: Data(line)) else {
        return context.close(promise: nil)
      }
      self.receive(line, context)
    }
    self.received.discardReadBytes()
  }

  func channelInactive(context: ChannelHandlerContext) {
    for call in self.open.values {
      call.didEnd()
      call.fail(.connectionClosed)
    }
  }

  private func receive(_ line: ClientLine, _ context: ChannelHandlerContext) {
    let message = ByteBuffer(bytes: line.message ?? Data())
    if let method = line.method {
      let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
      let responses = ToyResponses(id: line.id, context.channel) {
        handler.value.open.removeValue(forKey: line.id)?.didEnd()
      }
      do throws(CallError) {
        let call = try self.calls.open(
          CallRequest(
            method: .init(service: Identifier(line.service ?? ""), method: Identifier(method)),
            timeout: line.seconds.map { .seconds($0) },
            message: message,
            length: message.readableBytes
          ),
          requests: MessageQueue(window: 1 << 20),
          responses: responses
        )
        self.open[line.id] = call
        self.calls.run(call)
      } catch {
        responses.finish(error, unsent: .send)
      }
    } else if line.isCancelled == true {
      self.open[line.id]?.fail(.cancelled, unsent: .drop)
    } else if line.message != nil {
      self.open[line.id]?.requests.append(message, length: message.readableBytes)
    } else {
      self.open[line.id]?.requests.finish()
    }
  }
}

/// Writes the lines of one call. There is room again when the pipe has taken what was written last.
private final class ToyResponses: ResponseSink {
  private let id: Int
  private let channel: any Channel
  private let onEnd: @Sendable () -> Void
  private let state = Mutex((hasEnded: false, lastWrite: EventLoopFuture<Void>?.none))

  init(id: Int, _ channel: any Channel, onEnd: @escaping @Sendable () -> Void) {
    self.id = id
    self.channel = channel
    self.onEnd = onEnd
  }

  private func write(_ line: ServerLine, isLast: Bool) throws(CallError) {
    let bytes = ByteBuffer(bytes: ((try? JSONEncoder().encode(line)) ?? Data()) + [10])
    try self.state.withLock { state throws(CallError) in
      if state.hasEnded { throw .cancelled }
      state.hasEnded = isLast
      state.lastWrite = self.channel.writeAndFlush(bytes)
      if isLast { state.lastWrite?.whenComplete { [onEnd] _ in onEnd() } }
    }
  }

  func enqueue(_ serialize: (inout ByteBuffer) -> Void) throws(CallError) -> Bool {
    var message = ByteBuffer()
    serialize(&message)
    try self.write(ServerLine(id: self.id, message: Data(message.readableBytesView)), isLast: false)
    return self.channel.isWritable
  }

  func waitForRoom() async throws(CallError) {
    let write = self.state.withLock { $0.hasEnded ? nil : $0.lastWrite }
    guard (try? await write?.get()) != nil else { throw .cancelled }
  }

  func finish(_ error: CallError?, unsent: UnsentResponses) {
    let line = ServerLine(id: self.id, code: error?.code.rawValue ?? 0, text: error?.message)
    try? self.write(line, isLast: true)
  }
}
