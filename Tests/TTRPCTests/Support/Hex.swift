import NIOCore

/// Bytes written as WIRE.md writes them: hexadecimal, with spaces and bars wherever they help.
func hex(_ text: String) -> ByteBuffer {
  let digits = text.compactMap(\.hexDigitValue)
  precondition(digits.count.isMultiple(of: 2), "half a byte in \(text)")
  var buffer = ByteBuffer()
  for index in stride(from: 0, to: digits.count, by: 2) {
    buffer.writeInteger(UInt8(digits[index] * 16 + digits[index + 1]))
  }
  return buffer
}
