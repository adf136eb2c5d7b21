package import Listening
package import NIOCore
internal import NIOPosix

/// A client of HTTP/2 that sends whatever frames it is told to, and sees each that comes.
package struct FramePeer: Sendable {
  package let channel: any Channel
  /// Ends with the connection.
  package let frames: AsyncStream<Frame>

  /// RFC 9113 section 4.1.
  package struct Frame: Sendable {
    package var kind: UInt8
    package var flags: UInt8
    package var stream: UInt32
    package var payload: ByteBuffer

    /// The error of a RST_STREAM or a GOAWAY.
    package var error: UInt32? {
      switch FrameKind(rawValue: self.kind) {
      case .reset: self.payload.getInteger(at: self.payload.readerIndex)
      case .goAway: self.payload.getInteger(at: self.payload.readerIndex + 4)
      default: nil
      }
    }

    /// What a GOAWAY says beside its error.
    package var debugText: String {
      String(
        buffer: self.payload.getSlice(at: 8, length: self.payload.readableBytes - 8) ?? .init()
      )
    }

    package func isOf(_ kind: FrameKind) -> Bool { self.kind == kind.rawValue }
  }

  package enum FrameKind: UInt8, Sendable {
    case data, headers, priority, reset, settings, pushPromise, ping, goAway, window, continuation
  }

  /// - Parameters:
  ///   - opening: what the client sends first, such as the preface and settings; nil is nothing.
  ///   - acknowledges: whether the server's settings are acknowledged.
  package static func connect(
    to endpoint: Endpoint,
    opening: ByteBuffer? = .opening(),
    acknowledges: Bool = true
  ) async throws -> FramePeer {
    let (frames, continuation) = AsyncStream.makeStream(of: Frame.self)
    let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    let channel = try await endpoint.connect(bootstrap) { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(
          FrameCollector(continuation, acknowledges: acknowledges)
        )
        return channel
      }
    }
    let peer = FramePeer(channel: channel, frames: frames)
    if let opening { try await peer.send(opening) }
    return peer
  }

  /// - Throws: when the server has closed the connection.
  package func send(_ bytes: ByteBuffer) async throws {
    try await self.channel.writeAndFlush(bytes).get()
  }

  /// The next frame of these kinds; nil when the connection ends before that.
  package func next(_ kinds: FrameKind...) async -> Frame? {
    await self.frames.first { frame in kinds.contains { frame.isOf($0) } }
  }

  package func close() async {
    try? await self.channel.close().get()
  }
}

extension ByteBuffer {
  /// The preface and settings, as pairs of an identifier and a value.
  package static func opening(_ settings: (UInt16, UInt32)...) -> ByteBuffer {
    var bytes = ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    var payload = ByteBuffer()
    for (identifier, value) in settings { payload.writeMultipleIntegers(identifier, value) }
    bytes.writeFrame(.settings, payload)
    return bytes
  }

  package mutating func writeFrame(
    _ kind: FramePeer.FrameKind,
    flags: UInt8 = 0,
    stream: UInt32 = 0,
    _ payload: ByteBuffer = ByteBuffer()
  ) {
    self.writeInteger(UInt8(payload.readableBytes >> 16))
    self.writeInteger(UInt16(truncatingIfNeeded: payload.readableBytes))
    self.writeMultipleIntegers(kind.rawValue, flags, stream)
    self.writeImmutableBuffer(payload)
  }

  /// Header fields that no table keeps (RFC 7541 section 6.2.2), each of fewer than 127 bytes.
  package static func fields(_ fields: [(String, String)]) -> ByteBuffer {
    var block = ByteBuffer()
    for (name, value) in fields {
      block.writeInteger(0 as UInt8)
      for text in [name, value] {
        block.writeInteger(UInt8(text.utf8.count))
        block.writeString(text)
      }
    }
    return block
  }

  /// The header fields of a call of gRPC.
  package static func callFields(_ path: String, _ fields: [(String, String)] = []) -> ByteBuffer {
    .fields(
      [
        (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "test"),
        ("te", "trailers"), ("content-type", "application/grpc"),
      ] + fields
    )
  }

  /// A call of gRPC, which is whole with its request.
  package mutating func writeCall(
    _ path: String,
    stream: UInt32,
    _ fields: [(String, String)] = [],
    request: ByteBuffer?
  ) {
    self.writeFrame(.headers, flags: 4, stream: stream, .callFields(path, fields))
    guard let request else { return }
    self.writeFrame(.data, flags: 1, stream: stream, GRPCPeer.frame(request))
  }
}

private final class FrameCollector: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let frames: AsyncStream<FramePeer.Frame>.Continuation
  private let acknowledges: Bool
  private var received = ByteBuffer()

  init(_ frames: AsyncStream<FramePeer.Frame>.Continuation, acknowledges: Bool) {
    (self.frames, self.acknowledges) = (frames, acknowledges)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    self.received.writeImmutableBuffer(self.unwrapInboundIn(data))
    while let frame = self.next() {
      if self.acknowledges, frame.isOf(.settings), frame.flags & 1 == 0 {
        var bytes = ByteBuffer()
        bytes.writeFrame(.settings, flags: 1)
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
      }
      self.frames.yield(frame)
    }
    self.received.discardReadBytes()
  }

  private func next() -> FramePeer.Frame? {
    var bytes = self.received
    guard
      let (high, low, kind, flags, stream) = bytes.readMultipleIntegers(
        as: (UInt8, UInt16, UInt8, UInt8, UInt32).self
      ), let payload = bytes.readSlice(length: Int(high) << 16 | Int(low))
    else { return nil }
    self.received = bytes
    // A copy, so that its indices begin at 0.
    return FramePeer.Frame(
      kind: kind,
      flags: flags,
      stream: stream,
      payload: ByteBuffer(bytes: payload.readableBytesView)
    )
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.frames.finish()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
