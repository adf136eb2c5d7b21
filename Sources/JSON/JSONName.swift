/// The name of a member, stored for fast comparison.
package struct JSONName: Hashable {
  private static let prefixSize = 16

  @usableFromInline let count: Int
  /// The first sixteen bytes of its UTF-8; most names are no longer.
  @usableFromInline let prefix: UInt128
  @usableFromInline let rest: [UInt8]?

  /// Creates a name from its UTF-8.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.count = bytes.count
    var prefix: UInt128 = 0
    for byte in bytes.prefix(Self.prefixSize) { prefix = prefix << 8 | UInt128(byte) }
    self.prefix = prefix
    self.rest = bytes.count > Self.prefixSize ? Array(bytes[Self.prefixSize...]) : nil
  }

  // Inlinable, because other modules compare each name with all that they know.
  @inlinable
  package static func == (left: JSONName, right: JSONName) -> Bool {
    left.prefix == right.prefix && left.count == right.count && left.hasSameRest(as: right)
  }

  /// Hashes the bytes.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(self.count)
    hasher.combine(self.prefix)
    hasher.combine(self.rest)
  }

  @usableFromInline
  func hasSameRest(as other: JSONName) -> Bool {
    self.rest == nil || self.rest == other.rest
  }

  /// The name as a string.
  package var text: String {
    let prefix = withUnsafeBytes(of: self.prefix.bigEndian) {
      Array($0.suffix(min(self.count, Self.prefixSize)))
    }
    return String(decoding: prefix + (self.rest ?? []), as: UTF8.self)
  }
}

extension JSONName: ExpressibleByStringLiteral {
  /// Creates a name from a literal.
  package init(stringLiteral literal: StaticString) {
    self = literal.withUTF8Buffer { JSONName($0) }
  }
}
