import JSON
import Testing

@Suite struct LineBufferTests {
  @Test(arguments: ["", "a", "\n", "a\n", "a\r\n\nb\u{2028}c\n\n", "a\nb", "\n\n\n", "ä\nö"])
  func `lines are the same however they come`(text: String) throws {
    let bytes = Array(text.utf8)
    var expected = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What is behind the last end is a line only when there is something.
    if expected.last?.isEmpty == true { expected.removeLast() }
    for size in 1 ... max(bytes.count, 1) {
      var buffer = LineBuffer()
      var lines: [[UInt8]] = []
      var offset = 0
      while offset < bytes.count {
        offset += buffer.add(atMost: size) { target in
          let piece = bytes[offset...].prefix(size)
          target.copyBytes(from: piece)
          return piece.count
        }
        while let line = buffer.next() { lines.append(Array(line)) }
      }
      #expect(buffer.count == bytes.reversed().prefix { $0 != UInt8(ascii: "\n") }.count)
      if let rest = buffer.rest() { lines.append(Array(rest)) }
      #expect(lines == expected.map { Array($0) })
      #expect(buffer.next() == nil && buffer.rest() == nil && buffer.count == 0)
    }
  }

  @Test func `what was not read is no part of it`() {
    struct Failure: Error {}
    var buffer = LineBuffer()
    #expect(throws: Failure.self) {
      try buffer.add(atMost: 8) { (_: UnsafeMutableRawBufferPointer) throws(Failure) in
        throw Failure()
      }
    }
    #expect(buffer.count == 0 && buffer.rest() == nil)
  }
}
