public import Protobuf

/// The messages of one direction of a call, decoded as they are read. Has one reader.
public struct MessageStream<Element: Message>: AsyncSequence, Sendable {
  public typealias Failure = CallError

  private let reader: MessageReader

  init(_ queue: MessageQueue) {
    self.reader = MessageReader(queue)
  }

  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(messages: self.reader.makeIterator())
  }

  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate var messages: MessageReader.Iterator

    /// The next message; nil when the sender has sent all of them.
    ///
    /// - Throws: `CallError` when the call failed, or when a message is not of this type.
    public mutating func next() async throws(CallError) -> Element? {
      try await self.next(isolation: #isolation)
    }

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(CallError) -> Element? {
      guard let bytes = try await self.messages.next(isolation: actor) else { return nil }
      do {
        return try Element(serialized: bytes)
      } catch {
        throw CallError(.invalidArgument, error.message)
      }
    }
  }
}

/// The requests that a client streams to a handler.
public typealias RequestStream<Request: Message> = MessageStream<Request>

/// The responses that a server streams to a client.
public typealias ResponseStream<Response: Message> = MessageStream<Response>
