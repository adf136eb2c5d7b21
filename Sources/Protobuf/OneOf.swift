public import NIOCore

/// Checks that a message has at most one member of a oneof.
///
/// In protobuf the last one wins; a caller who sends two made a mistake.
public struct OneOf: Sendable {
  private let members: [(number: Int, name: StaticString)]

  /// - Parameter members: the names by field number.
  public init(_ members: KeyValuePairs<Int, StaticString>) {
    self.members = members.map { ($0.key, $0.value) }
  }

  /// - Throws: when two different members are set. Bytes that are not a message pass.
  public func check(_ bytes: ByteBuffer) throws(MessageError) {
    let conflict = bytes.withUnsafeReadableBytes { bytes in
      self.conflict(in: bytes.bindMemory(to: UInt8.self))
    }
    if let (first, second) = conflict {
      throw MessageError("\(first) and \(second) are both set: set one of them")
    }
  }

  private func conflict(
    in bytes: UnsafeBufferPointer<UInt8>
  ) -> (StaticString, StaticString)? {
    var fields = WireFields(bytes)
    var first: (number: Int, name: StaticString)?
    while !fields.isAtEnd, let field = fields.next() {
      guard let member = self.members.first(where: { $0.number == field.number }) else { continue }
      if let first, first.number != member.number { return (first.name, member.name) }
      first = member
    }
    return nil
  }
}
