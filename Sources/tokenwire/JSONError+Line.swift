import JSON

extension JSONError {
  /// The error with the line in place of the byte.
  ///
  /// - Parameter bytes: what was read.
  func text(in bytes: [UInt8]) -> String {
    func line(_ offset: Int) -> String {
      "line \(bytes.prefix(offset).count { $0 == UInt8(ascii: "\n") } + 1)"
    }
    func quoted(_ offset: Int) -> String {
      let rest = bytes[min(offset, bytes.count)...].prefix { $0 != UInt8(ascii: "\n") }.prefix(20)
      return "\"\(String(decoding: rest, as: UTF8.self))\""
    }
    return switch self {
    case .unexpectedByte(let offset):
      "\(line(offset)): \(quoted(offset)) cannot be there"
    case .duplicateName(let offset):
      "\(line(offset)): the name at \(quoted(offset)) is a duplicate"
    case .wrongType(let offset), .invalidText(let offset), .numberTooLarge(let offset):
      "\(line(offset)): \(quoted(offset)) is no value"
    case .unexpectedEnd, .tooManyMembers, .tooDeep: self.description
    }
  }
}
