import NIOCore
import Testing

@testable import Recording

@Suite struct RawAnswersTests {
  private static func ends(_ text: String, piece: Int) -> Int {
    var answers = RawAnswers()
    var rest = ByteBuffer(string: text)
    var ends = 0
    while let bytes = rest.readSlice(length: min(piece, rest.readableBytes)),
      bytes.readableBytes > 0
    {
      ends += answers.append(bytes).reduce(0) { $0 + $1.ends }
    }
    return ends
  }

  private static let answer =
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"
    + String(repeating: "x-trailer: 1\r\n", count: 3_000) + "\r\n"

  @Test(arguments: [1, 2, 3, 7, 64, 1 << 20])
  func `answers end where their trailers do, wherever they are cut`(piece: Int) {
    let plain = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    #expect(Self.ends(Self.answer + plain + Self.answer, piece: piece) == 3)
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nx: ", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;",
  ])
  func `a line without an end is no answer's, and is not kept`(beginning: String) {
    var answers = RawAnswers()
    _ = answers.append(ByteBuffer(string: beginning))
    var units = 0
    for _ in 0 ..< 200 {
      units += answers.append(ByteBuffer(repeating: UInt8(ascii: "x"), count: 1000)).reduce(0) {
        $0 + $1.units
      }
    }
    // All bytes after the first 64 KiB count as they come.
    #expect(units > 100_000)
  }
}
