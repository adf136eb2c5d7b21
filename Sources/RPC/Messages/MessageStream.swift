internal import NIOCore
public import Protobuf

/// The messages of one direction of a call, decoded as they are read. It has one reader.
public struct MessageStream<Element: Message>: AsyncSequence, Sendable {
  /// A call fails with a `CallError`.
  public typealias Failure = CallError

  private let reader: MessageReader
  private let retry: (any CallRetry)?

  /// Creates the stream of the messages in `queue`.
  ///
  /// - Parameter retry: retries the call if it fails unprocessed; nil never retries.
  package init(_ queue: MessageQueue, retry: (any CallRetry)? = nil) {
    self.reader = MessageReader(queue)
    self.retry = retry
  }

  /// Creates the iterator for the one reader.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(messages: EncodedMessages(reader: self.reader, retry: self.retry))
  }

  /// Reads the messages one by one.
  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate var messages: EncodedMessages

    /// The next message; nil at the end.
    ///
    /// - Throws: `CallError` when the call failed, or a message cannot be decoded.
    public mutating func next() async throws(CallError) -> Element? {
      guard let bytes = try await self.messages.next() else { return nil }
      do {
        return try Element(serialized: bytes)
      } catch {
        throw CallError(.invalidArgument, error.message)
      }
    }

    /// As `next()`.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(CallError) -> Element? {
      try await self.next()
    }
  }
}

/// A client's call that can be retried.
package protocol CallRetry: Sendable {
  /// Retries the call after a failure, if that is allowed and it was not processed.
  ///
  /// - Returns: its responses.
  /// - Throws: `error` if not; or another error, when the call cannot be opened.
  mutating func reopen(after error: CallError) async throws(CallError) -> MessageQueue
}

/// The encoded messages. Not generic, unlike the stream, because generic code is slower here.
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
        // The call is being processed, so it is not retried any more.
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
