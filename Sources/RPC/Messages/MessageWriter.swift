public import NIOCore
public import Protobuf

/// Sends the messages of one direction of a call, in order.
///
/// The transport provides the sink, so handlers work with every transport.
public struct MessageWriter<Element: Message>: Sendable {
  @usableFromInline let sink: any MessageSink

  /// Creates a writer to `sink`; the transport does so for each call.
  public init(_ sink: any MessageSink) {
    self.sink = sink
  }

  /// Sends one message. It waits while the stream's queue is full, so a slow reader stops only its
  /// own handler.
  ///
  /// - Throws: `CallError` when the call has ended (cancelled, deadline passed, peer gone), or the
  ///   encoded message has more than 4,194,304 bytes.
  @inlinable
  public func write(_ message: Element) async throws(CallError) {
    try await self.write(contentsOf: CollectionOfOne(message))
  }

  /// Sends several messages, and waits at most once.
  ///
  /// - Throws: as `write(_:)`; the messages before the one that failed are sent.
  @inlinable
  public func write(contentsOf messages: some Collection<Element>) async throws(CallError) {
    var hasRoom = true
    for message in messages { hasRoom = try self.enqueue(message) }
    if !hasRoom { try await self.waitForRoom() }
  }

  /// Sends a message without waiting: for handlers with other work while the reader is slow.
  ///
  /// - Returns: whether the queue has room for more. If not, call `waitForRoom` soon.
  /// - Throws: as `write(_:)`.
  @inlinable
  public func enqueue(_ message: Element) throws(CallError) -> Bool {
    try self.sink.enqueue { message.serialize(into: &$0) }
  }

  /// Waits while the stream's queue is full.
  ///
  /// - Throws: `CallError` when the call has ended.
  @inlinable
  public func waitForRoom() async throws(CallError) {
    try await self.sink.waitForRoom()
  }
}

/// Sends the requests that a client streams to a handler.
public typealias RequestWriter<Request: Message> = MessageWriter<Request>

/// Sends the responses that a handler streams to a client.
public typealias ResponseWriter<Response: Message> = MessageWriter<Response>

/// Takes the encoded messages of one direction of a call.
public protocol MessageSink: Sendable {
  /// Queues one message, which `serialize` appends to a buffer.
  ///
  /// - Returns: whether the queue has room for more.
  /// - Throws: when the call has ended, or the message is too long to be sent.
  func enqueue(_ serialize: (inout ByteBuffer) -> Void) throws(CallError) -> Bool

  /// Returns when the queue has room again.
  ///
  /// - Throws: when the call has ended.
  func waitForRoom() async throws(CallError)
}
