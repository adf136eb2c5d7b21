import NIOCore
import Testing

@testable import Listening

/// What clients are told that speak HTTP to a server which does not.
@Suite struct HTTPRefusalTests {
  private static let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
  private static let badRequest = """
    HTTP/1.1 400 Bad Request\r
    Content-Type: text/plain; charset=utf-8\r
    Content-Length: 4\r
    Connection: close\r
    \r
    No.

    """

  @Test(arguments: [
    ("GET / HTTP/1.1\r\n\r\n", ByteBuffer(string: badRequest)),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1", ByteBuffer(string: badRequest)),
    (preface, ByteBuffer(string: badRequest)),
    (preface + "\0\0\0", ByteBuffer(string: badRequest)),
  ])
  func `a client is answered, however its bytes are cut`(
    opening: String,
    answer: ByteBuffer
  ) throws {
    var whole = HTTPRefusal("No.")
    #expect(try whole.answer(to: ByteBuffer(string: opening)) == answer)
    var dripFed = HTTPRefusal("No.")
    let answers = try opening.utf8.map { try dripFed.answer(to: ByteBuffer(bytes: [$0])) }
    #expect(answers.first { $0.readableBytes > 0 } == answer)
  }

  @Test func `a head without an end is answered, too`() throws {
    var refusal = HTTPRefusal("No.")
    #expect(try refusal.answer(to: ByteBuffer(string: "GET /")).readableBytes == 0)
    let long = ByteBuffer(repeating: UInt8(ascii: "a"), count: 20_000)
    #expect(try refusal.answer(to: long) == ByteBuffer(string: Self.badRequest))
  }

  @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "HELP\r\n", String(repeating: "A", count: 33)])
  func `what only begins like HTTP has no answer`(opening: String) {
    var refusal = HTTPRefusal("No.")
    #expect(throws: (any Error).self) { try refusal.answer(to: ByteBuffer(string: opening)) }
  }
}
