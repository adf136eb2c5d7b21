internal import NIOCore

/// Follows the frames that one side of a connection of HTTP/2 sends, and writes them anew without
/// secrets.
///
/// Header blocks are decoded; the contents of streams are scanned for access tokens, which may be cut
/// by frames, and become "x" where a client compresses them. So does what frames of unknown kinds
/// carry. Padding is left out.
struct HTTP2Redaction {
  /// Of streams about whose next bytes something is known.
  private static let maximumStreams = 10_000

  private let side: RecordedEvent.Side
  private var expectsPreface: Bool
  private var pending = ByteBuffer()
  private var fields = HeaderRedaction()
  private var block: HeaderBlock?
  private var contents: [UInt32: Content] = [:]
  /// How many of the bytes that have come are not written yet.
  private(set) var unwritten = 0

  /// A header block that has begun.
  private struct HeaderBlock {
    /// Of its first frame.
    var header: HTTP2FrameHeader
    /// What its first frame has before the block.
    var prefix: ByteBuffer
    var bytes: ByteBuffer
    /// Of all its frames.
    var size: Int
  }

  /// What is known about the next bytes of a stream.
  private enum Content {
    case scanned(TokenScan)
    /// The bytes are compressed.
    case hidden
  }

  init(of side: RecordedEvent.Side) {
    self.side = side
    self.expectsPreface = side == .client
  }

  /// Adds bytes, and writes the frames that they complete.
  ///
  /// - Throws: when the frames cannot be followed; nothing more may be added then.
  mutating func append(_ bytes: ByteBuffer, to output: inout ByteBuffer) throws(HTTP2Failure) {
    self.unwritten += bytes.readableBytes
    self.pending.writeImmutableBuffer(bytes)
    if self.expectsPreface {
      let length = HTTP2FrameHeader.preface.readableBytes
      guard let preface = self.pending.readSlice(length: length) else { return }
      output.writeImmutableBuffer(preface)
      self.unwritten -= length
      self.expectsPreface = false
    }
    while let header = self.pending.peekHTTP2FrameHeader() {
      let size = HTTP2FrameHeader.size + header.length
      guard var payload = self.pending.readSlice(length: size) else { break }
      payload.moveReaderIndex(forwardBy: HTTP2FrameHeader.size)
      try self.write(header, payload, to: &output)
    }
    self.pending.discardReadBytes()
  }

  /// Drops what has come and is not written, and returns how many bytes that is.
  mutating func takeUnwritten() -> Int {
    defer { self.unwritten = 0 }
    (self.pending, self.block) = (ByteBuffer(), nil)
    return self.unwritten
  }

  private mutating func write(
    _ header: HTTP2FrameHeader,
    _ payload: ByteBuffer,
    to output: inout ByteBuffer
  ) throws(HTTP2Failure) {
    guard (header.known == .continuation) == (self.block != nil) else {
      throw HTTP2Failure("a header block is not continued as it must be")
    }
    switch header.known {
    case .headers, .pushPromise, .continuation:
      // Written when the block is whole.
      return try self.collect(header, payload, to: &output)
    case .data:
      try self.writeContent(header, payload, to: &output)
    case .settings:
      guard payload.readableBytes % 6 == 0 else { throw Self.wrongLength }
      output.writeHTTP2Frame(header, payload)
    case .goAway:
      guard let code = payload.getSlice(at: payload.readerIndex, length: 8) else {
        throw Self.wrongLength
      }
      let text = payload.getSlice(
        at: payload.readerIndex + 8,
        length: payload.readableBytes - 8
      )
      var answer = code
      answer.writeImmutableBuffer(text?.hidingTokens ?? ByteBuffer())
      output.writeHTTP2Frame(header, answer)
    case .priority, .reset, .ping, .windowUpdate:
      guard payload.readableBytes == header.known?.fixedLength else { throw Self.wrongLength }
      if header.known == .reset { self.contents[header.stream] = nil }
      output.writeHTTP2Frame(header, payload)
    case nil:
      output.writeHTTP2Frame(header, payload.hidden)
    }
    self.unwritten -= HTTP2FrameHeader.size + header.length
  }

  // MARK: Header blocks

  private mutating func collect(
    _ header: HTTP2FrameHeader,
    _ payload: ByteBuffer,
    to output: inout ByteBuffer
  ) throws(HTTP2Failure) {
    let size = HTTP2FrameHeader.size + header.length
    var block: HeaderBlock
    if let begun = self.block {
      guard begun.header.stream == header.stream else {
        throw HTTP2Failure("a header block goes on in another stream")
      }
      block = begun
      // One owner, so that the bytes are not copied for each frame.
      self.block = nil
      block.bytes.writeImmutableBuffer(payload)
      block.size += size
    } else {
      var bytes = try Self.unpadded(header, payload)
      guard let prefix = bytes.readSlice(length: header.prefixLength) else {
        throw Self.wrongLength
      }
      block = HeaderBlock(header: header, prefix: prefix, bytes: bytes, size: size)
    }
    // Empty frames count as well: their number has no other limit.
    guard block.size <= HeaderRedaction.maximumBlock else {
      throw HTTP2Failure("a header block is too long")
    }
    if header.flags.contains(.endHeaders) {
      try self.write(block, to: &output)
    } else {
      self.block = block
    }
  }

  private mutating func write(
    _ block: HeaderBlock,
    to output: inout ByteBuffer
  ) throws(HTTP2Failure) {
    let redacted = try self.fields.redact(block.bytes)
    if block.header.known == .headers {
      // Servers compress texts, which stay.
      if self.side == .client && redacted.isOfCompressedContent {
        try self.set(.hidden, of: block.header.stream)
      }
      if block.header.flags.contains(.endStream) { self.contents[block.header.stream] = nil }
    }
    var header = block.header
    header.flags.subtract([.padded, .endHeaders])
    var payload = block.prefix
    var rest = redacted.bytes
    repeat {
      let room = HTTP2FrameHeader.safeLength - payload.readableBytes
      if let part = rest.readSlice(length: min(room, rest.readableBytes)) {
        payload.writeImmutableBuffer(part)
      }
      if rest.readableBytes == 0 { header.flags.insert(.endHeaders) }
      output.writeHTTP2Frame(header, payload)
      header.kind = HTTP2FrameHeader.Kind.continuation.rawValue
      header.flags = []
      payload = ByteBuffer()
    } while rest.readableBytes > 0
    self.unwritten -= block.size
  }

  // MARK: Contents

  private mutating func writeContent(
    _ header: HTTP2FrameHeader,
    _ payload: ByteBuffer,
    to output: inout ByteBuffer
  ) throws(HTTP2Failure) {
    let bytes = try Self.unpadded(header, payload)
    var header = header
    header.flags.remove(.padded)
    switch self.contents[header.stream] ?? .scanned(TokenScan()) {
    case .hidden:
      output.writeHTTP2Frame(header, bytes.hidden)
    case .scanned(var scan):
      output.writeHTTP2Frame(header, scan.hide(bytes))
      try self.set(scan.isIdle ? nil : .scanned(scan), of: header.stream)
    }
    if header.flags.contains(.endStream) { self.contents[header.stream] = nil }
  }

  private mutating func set(_ content: Content?, of stream: UInt32) throws(HTTP2Failure) {
    self.contents[stream] = content
    guard self.contents.count <= Self.maximumStreams else {
      throw HTTP2Failure("it has too many streams at once")
    }
  }

  // MARK: Payloads

  private static let wrongLength = HTTP2Failure("a frame has a wrong length")

  /// RFC 9113 section 6.1.
  private static func unpadded(
    _ header: HTTP2FrameHeader,
    _ payload: ByteBuffer
  ) throws(HTTP2Failure) -> ByteBuffer {
    guard header.flags.contains(.padded) else { return payload }
    var payload = payload
    guard
      let padding = payload.readInteger(as: UInt8.self), padding <= payload.readableBytes,
      let bytes = payload.readSlice(length: payload.readableBytes - Int(padding))
    else { throw self.wrongLength }
    return bytes
  }
}

extension HTTP2FrameHeader {
  /// Of what comes before a header block: a priority, or the id of the promised stream.
  fileprivate var prefixLength: Int {
    switch self.known {
    case .headers: self.flags.contains(.priority) ? 5 : 0
    case .pushPromise: 4
    default: 0
    }
  }
}

extension HTTP2FrameHeader.Kind {
  /// Of the payload.
  fileprivate var fixedLength: Int? {
    switch self {
    case .priority: 5
    case .reset, .windowUpdate: 4
    case .ping: 8
    default: nil
    }
  }
}
