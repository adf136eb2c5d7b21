package import Listening
package import NIOCore
package import NIOHPACK
package import NIOHTTP2

/// A client of gRPC with one connection, which sees each frame of its calls.
package struct GRPCPeer: Sendable {
  private let connection: HTTP2Connection

  package var channel: any Channel { self.connection.channel }

  /// - Parameter tls: nil is the clear.
  package static func connect(
    to endpoint: Endpoint,
    tls: ClientTLS? = nil
  ) async throws -> GRPCPeer {
    // It gets the server's answers to all the frames that it sends.
    GRPCPeer(connection: try await .connect(to: endpoint, tls: tls, controlFrames: 10_000))
  }

  package func close() async throws {
    try await self.channel.close()
  }

  /// Sends a frame of the connection.
  package func send(_ payload: HTTP2Frame.FramePayload) {
    let frame = HTTP2Frame(streamID: .rootStream, payload: payload)
    self.channel.writeAndFlush(frame, promise: nil)
  }

  /// A call's header fields.
  package static func head(_ path: String, _ fields: [(String, String)] = []) -> HPACKHeaders {
    HPACKHeaders(
      [
        (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "test"),
        ("te", "trailers"), ("content-type", "application/grpc"),
      ] + fields
    )
  }

  /// A message, with the prefix that it has on the wire.
  package static func frame(_ message: ByteBuffer, isCompressed: Bool = false) -> ByteBuffer {
    var frame = ByteBuffer()
    frame.writeMultipleIntegers(UInt8(isCompressed ? 1 : 0), UInt32(message.readableBytes))
    frame.writeImmutableBuffer(message)
    return frame
  }

  /// Makes a call with these messages, and waits for its end.
  package func call(
    _ path: String,
    _ fields: [(String, String)] = [],
    _ messages: [ByteBuffer]
  ) async throws -> GRPCReply {
    let call = try await self.begin(Self.head(path, fields))
    for message in messages { call.send(Self.frame(message)) }
    call.end()
    return try await call.reply()
  }

  /// - Parameter reads: whether the responses are read; otherwise the server has to wait after as
  ///   much as a window of HTTP/2 holds.
  package func begin(_ head: HPACKHeaders, reads: Bool = true) async throws -> GRPCCall {
    let (events, continuation) = AsyncStream.makeStream(of: GRPCCall.Event.self)
    let stream = try await self.connection.open(reads: reads) { [CallCollector(continuation)] }
    stream.writeAndFlush(HTTP2Frame.FramePayload.headers(.init(headers: head)), promise: nil)
    return GRPCCall(channel: stream, events: events)
  }
}

/// A call that has begun.
package struct GRPCCall: Sendable {
  package let channel: any Channel
  package let events: AsyncStream<Event>

  /// What came of a call.
  package enum Event: Sendable {
    case head(HPACKHeaders)
    case message(ByteBuffer)
    case trailers(HPACKHeaders)
    /// The server has reset the stream.
    case reset(HTTP2ErrorCode)
  }

  /// Sends bytes as they are.
  package func send(_ bytes: ByteBuffer) {
    self.channel.writeAndFlush(
      HTTP2Frame.FramePayload.data(.init(data: .byteBuffer(bytes))),
      promise: nil
    )
  }

  /// Sends the end of the requests.
  package func end() {
    self.channel.writeAndFlush(
      HTTP2Frame.FramePayload.data(.init(data: .byteBuffer(ByteBuffer()), endStream: true)),
      promise: nil
    )
  }

  /// Resets the stream.
  package func cancel() { self.channel.close(promise: nil) }

  /// Waits for the end.
  package func reply() async throws -> GRPCReply {
    var reply = GRPCReply()
    for await event in self.events {
      switch event {
      case .head(let head): reply.head = head
      case .message(let message): reply.messages.append(message)
      case .trailers(let trailers): reply.trailers = trailers
      case .reset(let code): reply.reset = code
      }
    }
    return reply
  }
}

/// All that came of a call.
package struct GRPCReply: Sendable {
  /// Empty when only trailers came.
  package var head = HPACKHeaders()
  package var messages: [ByteBuffer] = []
  package var trailers = HPACKHeaders()
  package var reset: HTTP2ErrorCode?

  /// The number of the status; nil without one.
  package var status: Int32? { self.trailers.first(name: "grpc-status").flatMap { Int32($0) } }

  /// The message of the status, decoded.
  package var message: String {
    var bytes: [UInt8] = []
    var rest = Array((self.trailers.first(name: "grpc-message") ?? "").utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"),
        let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(code)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

private final class CallCollector: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame.FramePayload

  private let events: AsyncStream<GRPCCall.Event>.Continuation
  private var received = ByteBuffer()

  init(_ events: AsyncStream<GRPCCall.Event>.Continuation) {
    self.events = events
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch self.unwrapInboundIn(data) {
    case .headers(let payload):
      self.events.yield(payload.endStream ? .trailers(payload.headers) : .head(payload.headers))
    case .data(let payload):
      guard case .byteBuffer(let bytes) = payload.data else { return }
      self.received.writeImmutableBuffer(bytes)
      while let message = self.next() { self.events.yield(.message(message)) }
      self.received.discardReadBytes()
    default: break
    }
  }

  private func next() -> ByteBuffer? {
    var bytes = self.received
    guard let (_, size) = bytes.readMultipleIntegers(as: (UInt8, UInt32).self),
      let message = bytes.readSlice(length: Int(size))
    else { return nil }
    self.received = bytes
    // A copy, because a slice would keep all that came with it.
    return ByteBuffer(bytes: message.readableBytesView)
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.events.finish()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let closed = error as? NIOHTTP2Errors.StreamClosed {
      self.events.yield(.reset(closed.errorCode))
    }
    context.close(promise: nil)
  }
}
