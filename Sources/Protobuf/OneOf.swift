public import NIOCore

/// Checks that a message has at most one member of a oneof.
///
/// Protobuf lets the last one win; a caller who sent two of them did not mean that.
public struct OneOf: Sendable {
  private let members: [(number: Int, name: StaticString)]

  /// - Parameter members: their names by their field numbers.
  public init(_ members: KeyValuePairs<Int, StaticString>) {
    self.members = members.map { ($0.key, $0.value) }
  }

  /// - Throws: when two different members are there. Bytes that are no message pass.
  public func check(_ bytes: ByteBuffer) throws(MessageError) {
    var bytes = bytes
    var first: (number: Int, name: StaticString)?
    while let tag = bytes.readVarint() {
      let number = Int(truncatingIfNeeded: tag >> 3)
      if let member = self.members.first(where: { $0.number == number }) {
        if let first, first.number != number {
          throw MessageError("\(first.name) and \(member.name) are both set: set one of them")
        }
        first = member
      }
      guard bytes.skipValue(wireType: tag & 7) else { return }
    }
  }
}

/// The wire format: https://protobuf.dev/programming-guides/encoding/
extension ByteBuffer {
  fileprivate mutating func readVarint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte: UInt8 = self.readInteger() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  /// - Returns: false when there is no such value.
  fileprivate mutating func skipValue(wireType: UInt64) -> Bool {
    switch wireType {
    case 0: return self.readVarint() != nil
    case 1: return self.skip(8)
    case 2:
      guard let length = self.readVarint(), length <= UInt64(self.readableBytes) else {
        return false
      }
      return self.skip(Int(length))
    case 5: return self.skip(4)
    default: return false
    }
  }

  private mutating func skip(_ count: Int) -> Bool {
    guard count <= self.readableBytes else { return false }
    self.moveReaderIndex(forwardBy: count)
    return true
  }
}
