internal import NIOCore
internal import RPC

/// The content of a request that is being received.
struct IncomingContent {
  private(set) var bytes = ByteBuffer()
  private let limit: Int
  private let load: CallLoad
  private var counted = PartialMessage()

  init(limit: Int, _ load: CallLoad) {
    self.limit = limit
    self.load = load
  }

  /// Appends what has arrived.
  ///
  /// - Throws: when it is too much.
  mutating func append(_ bytes: ByteBuffer, _ limits: HTTPLimits) throws(HTTPFailure) {
    guard self.bytes.readableBytes + bytes.readableBytes <= self.limit else {
      throw .contentTooLarge(limits)
    }
    self.bytes.writeImmutableBuffer(bytes)
    guard self.counted.count(self.bytes.readableBytes, in: self.load) else {
      throw HTTPFailure(self.load.memoryIsSpent)
    }
  }

  /// The content is passed on, or dropped.
  mutating func release() {
    _ = self.counted.count(0, in: self.load)
  }
}
