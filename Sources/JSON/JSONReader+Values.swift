/// Values of common types.
extension JSONReader {
  /// Reads a whole number, which is exact up to 2^53.
  package mutating func integer() throws(JSONError) -> Int64 {
    _ = try self.peek()
    let start = self.index
    let number = try self.number()
    guard number.rounded() == number else { throw .wrongType(at: start) }
    guard number.magnitude <= 0x1p53 else { throw .numberTooLarge(at: start) }
    return Int64(number)
  }

  /// Reads a string; null is nil.
  package mutating func optionalString() throws(JSONError) -> String? {
    guard try self.peek() == UInt8(ascii: "n") else { return try self.string() }
    try self.skip()
    return nil
  }
}
