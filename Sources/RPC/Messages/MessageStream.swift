internal import NIOCore
public import Protobuf

/// The messages of one direction of a call, decoded as they are read. Has one reader.
public struct MessageStream<Element: Message>: AsyncSequence, Sendable {
  public typealias Failure = CallError

  private let reader: MessageReader
  private let retry: (any CallRetry)?

  /// Creates the stream of what comes into `queue`.
  ///
  /// - Parameter retry: makes the call again if it fails unprocessed; nil does not.
  package init(_ queue: MessageQueue, retry: (any CallRetry)? = nil) {
    self.reader = MessageReader(queue)
    self.retry = retry
  }

  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(messages: EncodedMessages(reader: self.reader, retry: self.retry))
  }

  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate var messages: EncodedMessages

    /// The next message; nil when the sender has sent all of them.
    ///
    /// - Throws: `CallError` when the call failed, or when a message is not of this type.
    public mutating func next() async throws(CallError) -> Element? {
      guard let bytes = try await self.messages.next() else { return nil }
      do {
        return try Element(serialized: bytes)
      } catch {
        throw CallError(.invalidArgument, error.message)
      }
    }

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(CallError) -> Element? {
      try await self.next()
    }
  }
}

/// A call of a client that can be made again.
package protocol CallRetry: Sendable {
  /// Makes the call again after it has failed, if it may be and was not processed.
  ///
  /// - Returns: its responses.
  /// - Throws: `error`, when this is not so; or another, when the call cannot be opened.
  mutating func reopen(after error: CallError) async throws(CallError) -> MessageQueue
}

/// The messages as they come. Apart from their stream, which has a type for each kind of message:
/// what is generic costs more.
private struct EncodedMessages {
  private var messages: MessageReader.Iterator
  private var retry: (any CallRetry)?

  init(reader: MessageReader, retry: (any CallRetry)?) {
    self.messages = reader.makeIterator()
    self.retry = retry
  }

  mutating func next() async throws(CallError) -> ByteBuffer? {
    while var retry = self.retry {
      do {
        let bytes = try await self.messages.next()
        // The call is being processed: from now on it is not made again.
        self.retry = nil
        return bytes
      } catch {
        self.messages = MessageReader(try await retry.reopen(after: error)).makeIterator()
        self.retry = retry
      }
    }
    return try await self.messages.next()
  }
}

/// The requests that a client streams to a handler.
public typealias RequestStream<Request: Message> = MessageStream<Request>

/// The responses that a server streams to a client.
public typealias ResponseStream<Response: Message> = MessageStream<Response>
