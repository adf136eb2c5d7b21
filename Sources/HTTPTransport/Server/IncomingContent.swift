internal import NIOCore
internal import RPC

/// The content of a request that is being received.
struct IncomingContent {
  private(set) var bytes = ByteBuffer()
  private let limit: Int
  private let load: CallLoad
  private var counted = 0

  /// The bytes that are accepted even when memory is short.
  private static let harmlessSize = 64 << 10

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
    self.count(self.bytes.readableBytes)
    guard self.counted > Self.harmlessSize else { return }
    guard !self.load.memory.isSpent, !self.load.partialMessages.isSpent else {
      throw HTTPFailure(
        .limit(
          "The server holds \(self.load.memory.limit) bytes for its callers",
          "try again later"
        )
      )
    }
  }

  /// The content is passed on, or dropped.
  mutating func release() {
    self.count(0)
  }

  private mutating func count(_ size: Int) {
    self.load.memory.add(size - self.counted)
    self.load.partialMessages.add(size - self.counted)
    self.counted = size
  }
}
