internal import Identifiers
internal import NIOCore
internal import NIOHPACK

/// Writes the header blocks of one side anew, without secrets.
///
/// Values are Huffman codes or indices of a table that both peers keep, so no scan of the bytes finds
/// a token. The new blocks have neither, so that a reader of the recording, and a server to which it
/// is replayed, needs no table.
struct HeaderRedaction {
  /// Of a block, as sent and decoded.
  static let maximumBlock = 1 << 20
  /// Of the table. Peers agree on its size in SETTINGS, and encoders announce each change in their
  /// blocks (RFC 7541 section 6.3), so only memory needs a limit here.
  private static let maximumTable = 1 << 20

  private var decoder: HPACKDecoder

  init() {
    self.decoder = HPACKDecoder(
      allocator: ByteBufferAllocator(),
      maxDynamicTableSize: HPACKDecoder.maxDynamicTableSize,
      maxHeaderListSize: Self.maximumBlock
    )
    self.decoder.maxDynamicTableLength = Self.maximumTable
  }

  struct Block {
    var bytes = ByteBuffer()
    /// Whether the content that follows is compressed, so that no scan finds a token in it.
    var isOfCompressedContent = false
  }

  /// - Parameter block: all of a header block.
  mutating func redact(_ block: ByteBuffer) throws(HTTP2Failure) -> Block {
    var result = Block(bytes: block.tableSizes)
    do {
      var rest = block
      var headers = HPACKHeaders()
      for (name, value, indexing) in try self.decoder.decodeHeaders(from: &rest) {
        headers.add(
          name: Self.hidingTokens(name),
          value: SecretFields.contain(name) ? value.hidden : Self.hidingTokens(value),
          indexing: indexing == .neverIndexed ? .neverIndexed : .nonIndexable
        )
        if Self.isOfCompression(name), Identifier(value) != "identity" {
          result.isOfCompressedContent = true
        }
      }
      var encoder = HPACKEncoder(allocator: ByteBufferAllocator(), useHuffmanEncoding: false)
      try encoder.encode(headers: headers, to: &result.bytes)
    } catch {
      throw HTTP2Failure("a header block is malformed or too long")
    }
    return result
  }

  private static func hidingTokens(_ text: String) -> String {
    String(buffer: ByteBuffer(string: text).hidingTokens)
  }

  private static func isOfCompression(_ name: String) -> Bool {
    let name = Identifier(name)
    return name == "content-encoding" || name == "grpc-encoding"
  }
}

extension String {
  fileprivate var hidden: String { String(buffer: ByteBuffer(string: self).hidden) }
}

extension ByteBuffer {
  /// The sizes of the table with which a block begins. They stay: a peer that has asked for a smaller
  /// table insists on them (RFC 7541 section 4.2).
  fileprivate var tableSizes: ByteBuffer {
    var rest = self
    while let byte: UInt8 = rest.getInteger(at: rest.readerIndex), byte & 0xE0 == 0x20 {
      rest.moveReaderIndex(forwardBy: 1)
      guard byte & 0x1F == 0x1F else { continue }
      // The number goes on in the next bytes (RFC 7541 section 5.1).
      while let next = rest.readInteger(as: UInt8.self), next & 0x80 != 0 {}
    }
    var sizes = self
    return sizes.readSlice(length: sizes.readableBytes - rest.readableBytes) ?? ByteBuffer()
  }
}
