internal import NIOCore
internal import RPC

/// The messages of a call in the bytes that arrive: each has a flag for compression and its length
/// in four bytes before it.
struct IncomingMessages {
  private let encoding: MessageEncoding?
  private let load: CallLoad
  private var received = ByteBuffer()
  private var counted = PartialMessage()

  private static let prefixSize = 5

  init(_ encoding: MessageEncoding?, _ load: CallLoad) {
    self.encoding = encoding
    self.load = load
  }

  /// Whether no part of a message waits for the rest.
  var isAtEnd: Bool { self.received.readableBytes == 0 }

  mutating func append(_ bytes: ByteBuffer) {
    self.received.writeImmutableBuffer(bytes)
  }

  /// The next whole message; nil when more must arrive.
  ///
  /// - Throws: when it is too long, or cannot be read.
  mutating func next() throws(CallError) -> ByteBuffer? {
    var bytes = self.received
    guard let (flag, size) = bytes.readMultipleIntegers(as: (UInt8, UInt32).self) else {
      self.received.reclaimReadBytes()
      try self.count()
      return nil
    }
    let limit = self.load.limits.messageSize
    guard size <= limit else { throw .messageTooLong(limit: limit) }
    guard let slice = bytes.readSlice(length: Int(size)) else {
      self.received.reclaimReadBytes()
      self.received.reserveCapacity(Self.prefixSize + Int(size))
      try self.count()
      return nil
    }
    self.received = bytes
    try self.count()
    return try self.message(slice, flag: flag, limit: limit)
  }

  private func message(
    _ bytes: ByteBuffer,
    flag: UInt8,
    limit: Int
  ) throws(CallError) -> ByteBuffer {
    switch (flag, self.encoding) {
    case (0, _):
      // A copy, so that a short message does not keep a long buffer.
      var message = ByteBuffer()
      message.writeImmutableBuffer(bytes)
      return message
    case (1, let encoding?):
      return try encoding.decompress(bytes, limit: limit)
    case (1, nil):
      throw CallError(.internal, "A message is compressed, but its call has no grpc-encoding")
    default:
      throw CallError(.internal, "The first byte of a message is \(flag): it must be 0 or 1")
    }
  }

  /// What waits is dropped.
  mutating func release() {
    self.received = ByteBuffer()
    _ = self.counted.count(0, in: self.load)
  }

  private mutating func count() throws(CallError) {
    guard self.counted.count(self.received.readableBytes, in: self.load) else {
      throw self.load.memoryIsSpent
    }
  }
}
