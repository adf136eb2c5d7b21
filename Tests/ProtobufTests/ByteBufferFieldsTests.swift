import NIOCore
import Protobuf
import Testing
import TokenwireAPI

@Suite struct ByteBufferFieldsTests {
  private let request = GenerateRequest(
    model: "m",
    input: .prompt("p"),
    sampling: SamplingOptions(temperature: 0.5),
    maxTokens: 7,
    accessToken: "secret"
  )

  @Test func `a field gets another value, and the rest stays`() throws {
    var bytes = self.request.serialized
    // A field that nobody knows, of each other type.
    let unknown: [UInt8] = [
      0xA0, 0x06, 0x96, 0x01, 0xA1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xA5, 0x06, 1, 2, 3, 4,
    ]
    bytes.writeBytes(unknown)
    let text = String(repeating: "x", count: 300)
    let replaced = try #require(
      bytes.replacingFields { number, value in
        number == 12 && String(buffer: value) == "secret" ? ByteBuffer(string: text) : nil
      }
    )
    var expected = self.request
    expected.accessToken = text
    #expect(try GenerateRequest(serialized: replaced) == expected)
    #expect(Array(replaced.readableBytesView.suffix(unknown.count)) == unknown)
    #expect(bytes.replacingFields { _, _ in nil } == bytes)
  }

  @Test(
    arguments: [
      [0x0A, 5, 1], [0x0A], [0x08], [0x08, 0xFF], [0x00, 1], [0x09, 1], [0x0D, 1], [0x0E, 0],
      [0x0C],
      // A group, whole and not.
      [0x0B, 0x0C], [0x0B, 0x08, 1],
      [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
    ] as [[UInt8]]
  )
  func `what is no message is told`(bytes: [UInt8]) {
    #expect(ByteBuffer(bytes: bytes).replacingFields { _, _ in nil } == nil)
  }
}

extension Message {
  fileprivate var serialized: ByteBuffer {
    var buffer = ByteBuffer()
    self.serialize(into: &buffer)
    return buffer
  }
}
