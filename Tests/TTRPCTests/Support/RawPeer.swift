import Identifiers
import NIOCore
import NIOPosix
import Protobuf
import Testing

@testable import RPC
@testable import TTRPC

/// A peer that sends whatever bytes a test wants, and reads frames.
struct RawPeer {
  typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  private let inbound: NIOAsyncChannelInboundStream<ByteBuffer>
  private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private let channel: any Channel

  /// Connects to a server on this machine for as long as `body` runs.
  static func withConnection<Result: Sendable>(
    to port: Int,
    _ body: @Sendable (inout Reader, RawPeer) async throws -> Result
  ) async throws -> Result {
    let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connectTimeout(.hours(1))
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture { try Self.wrap(channel) }
      }
    return try await Self.with(connection, body)
  }

  static func wrap(_ channel: any Channel) throws -> Connection {
    try Connection(
      wrappingChannelSynchronously: channel,
      configuration: .init(isOutboundHalfClosureEnabled: true)
    )
  }

  /// Closes the connection after `body`.
  static func with<Result: Sendable>(
    _ connection: Connection,
    _ body: @Sendable (inout Reader, RawPeer) async throws -> Result
  ) async throws -> Result {
    try await connection.executeThenClose { inbound, outbound in
      var reader = Reader(inbound.makeAsyncIterator())
      return try await body(
        &reader,
        RawPeer(inbound: inbound, outbound: outbound, channel: connection.channel)
      )
    }
  }

  func send(_ bytes: ByteBuffer) async throws {
    try await self.outbound.write(bytes)
  }

  /// Sends a Request frame for a method of the test service.
  func sendRequest(
    _ method: String,
    stream: UInt32 = 1,
    flags: FrameFlags = [],
    payload: ByteBuffer = ByteBuffer(),
    timeout: Duration = .zero
  ) async throws {
    let envelope = RequestEnvelope(
      service: EchoService.name.text,
      method: method,
      payload: payload,
      timeoutNano: TimeAmount(timeout).nanoseconds
    )
    try await self.sendFrame(.request, stream: stream, flags: flags, envelope.serialized())
  }

  func sendFrame(
    _ type: FrameType,
    stream: UInt32 = 1,
    flags: FrameFlags = [],
    _ data: ByteBuffer = ByteBuffer()
  ) async throws {
    var bytes = ByteBuffer()
    bytes.writeFrameHeader(
      FrameHeader(length: UInt32(data.readableBytes), stream: stream, type: type, flags: flags)
    )
    bytes.writeImmutableBuffer(data)
    try await self.send(bytes)
  }

  func send(_ frame: ExtensionFrame) async throws {
    var bytes = ByteBuffer()
    frame.write(into: &bytes)
    try await self.send(bytes)
  }

  /// Makes a call that offers the extension, and agrees on it.
  ///
  /// - Parameter window: the credit of each stream.
  func agreeOnExtension(_ reader: inout Reader, window: UInt32 = 262_144) async throws {
    try await self.sendRequest("Unary", stream: 1, flags: .offersExtension)
    guard case .settings = try await reader.readExtensionFrame() else {
      Issue.record("SETTINGS do not come first")
      return
    }
    let response = try #require(await reader.readFrame())
    #expect(response.stream == 1 && response.type == .response)
    var settings = ConnectionSettings()
    settings.initialWindow = window
    try await self.send(.settings(settings))
  }

  /// Ends this side's sending: the server sees the end of the stream.
  func halfClose() {
    self.outbound.finish()
  }

  /// Ends the connection with a RST.
  func reset() async throws {
    let options = try #require(self.channel as? any SocketOptionProvider)
    try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    try await self.channel.close()
  }

  /// What comes from the server, in order.
  struct Reader {
    private var chunks: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var received = ByteBuffer()

    init(_ chunks: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) {
      self.chunks = chunks
    }

    /// The next `count` bytes, or fewer at the end of the connection.
    mutating func read(_ count: Int) async throws -> ByteBuffer {
      self.received.reclaimReadBytes()
      while self.received.readableBytes < count,
        let chunk = try await self.chunks.next(isolation: #isolation)
      {
        self.received.writeImmutableBuffer(chunk)
      }
      let available = min(count, self.received.readableBytes)
      return self.received.readSlice(length: available) ?? ByteBuffer()
    }

    /// The next frame; nil at the end of the connection.
    mutating func readFrame() async throws -> Frame? {
      var header = try await self.read(FrameHeader.size)
      guard let header = header.readFrameHeader() else { return nil }
      let data = try await self.read(Int(header.length))
      return Frame(stream: header.stream, type: header.type, flags: header.flags, data: data)
    }

    /// The next frame, which must be one of the extension's.
    mutating func readExtensionFrame(
      sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ExtensionFrame {
      let frame = try #require(await self.readFrame(), sourceLocation: sourceLocation)
      return try #require(try ExtensionFrame(frame), sourceLocation: sourceLocation)
    }

    /// Reads the first step of a drain.
    ///
    /// - Returns: the PING to answer.
    mutating func readAnnouncement() async throws -> UInt64 {
      guard case .goAway(let goAway) = try await self.readExtensionFrame(),
        case .ping(let ping) = try await self.readExtensionFrame()
      else {
        Issue.record("no announcement")
        return 0
      }
      #expect(goAway.lastStream == GoAway.everyStream)
      #expect(goAway.code == .noError)
      return ping
    }

    // After bytes that are not those expected, what follows means nothing: the test ends there.

    /// Requires exactly these bytes next, and then those of `text`.
    mutating func expect(
      _ bytes: ByteBuffer,
      _ text: String = "",
      sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      var expected = bytes
      expected.writeString(text)
      let received = try await self.read(expected.readableBytes)
      try #require(received == expected, sourceLocation: sourceLocation)
    }

    /// Requires the Response that ends a stream with an error.
    mutating func expectError(
      _ code: CallError.Code,
      _ message: String,
      stream: UInt32 = 1,
      sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      let error = try await self.readError(on: stream, sourceLocation)
      try #require(error == CallError(code, message), sourceLocation: sourceLocation)
    }

    /// Requires the Response that refuses an argument, with a text that begins so.
    mutating func expectError(
      startingWith message: String,
      stream: UInt32 = 1,
      sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      let error = try await self.readError(on: stream, sourceLocation)
      #expect(error?.code == .invalidArgument, sourceLocation: sourceLocation)
      #expect(error?.message.hasPrefix(message) == true, sourceLocation: sourceLocation)
      #expect(error?.message.count ?? 0 > message.count, sourceLocation: sourceLocation)
    }

    private mutating func readError(
      on stream: UInt32,
      _ sourceLocation: SourceLocation
    ) async throws -> CallError? {
      let frame = try #require(await self.readFrame(), sourceLocation: sourceLocation)
      try #require(frame.type == .response, sourceLocation: sourceLocation)
      try #require(frame.stream == stream, sourceLocation: sourceLocation)
      return CallError(try ResponseEnvelope(serialized: frame.data).status)
    }
  }
}

extension ByteBuffer {
  fileprivate mutating func readFrameHeader() -> FrameHeader? {
    guard let header = self.peekFrameHeader() else { return nil }
    self.moveReaderIndex(forwardBy: FrameHeader.size)
    return header
  }
}
