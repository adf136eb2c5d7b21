/// Why bytes could not be read as JSON.
public enum JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The byte at this offset is not allowed there (RFC 8259).
  case unexpectedByte(at: Int)
  case unexpectedEnd
  /// The value at this offset has another type than the one being read.
  case wrongType(at: Int)
  /// An object has two members with the same name, which readers treat differently (RFC 7515
  /// section 4, RFC 7519 section 4).
  case duplicateName(at: Int)
  /// The string at this offset is not UTF-8, or contains half of a surrogate pair.
  case invalidText(at: Int)
  /// The number at this offset is too large.
  case numberTooLarge(at: Int)
  case tooManyMembers(limit: Int)
  case tooDeep(limit: Int)

  /// One sentence about the error.
  public var description: String {
    switch self {
    case .unexpectedByte(let offset): "the byte at offset \(offset) cannot be there"
    case .unexpectedEnd: "it ends too early"
    case .wrongType(let offset): "the value at offset \(offset) is of the wrong type"
    case .duplicateName(let offset): "the name at offset \(offset) is a duplicate"
    case .invalidText(let offset): "the string at offset \(offset) is not Unicode text"
    case .numberTooLarge(let offset): "the number at offset \(offset) is too large"
    case .tooManyMembers(let limit): "an object has more than \(limit) members"
    case .tooDeep(let limit): "it is nested more than \(limit) levels deep"
    }
  }
}
