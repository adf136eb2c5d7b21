import Identifiers
import NIOCore
import Protobuf
import TestTexts
import Testing
import TokenwireAPI

/// Maps whose values are messages.
@Suite struct MessageMapTests {
  private func serialized(_ statuses: [Identifier: HealthCheckResponse]) -> ByteBuffer {
    var bytes = ByteBuffer()
    HealthListResponse(statuses: statuses).serialize(into: &bytes)
    return bytes
  }

  @Test func `entries are written in the order of their keys`() {
    #expect(
      self.serialized(["b": .init(), "a": .init(status: .notServing)])
        == ByteBuffer(bytes: [
          0x0A, 0x07, 0x0A, 0x01, 0x61, 0x12, 0x02, 0x08, 0x02, 0x0A, 0x05, 0x0A, 0x01, 0x62, 0x12,
          0x00,
        ])
    )
    #expect(self.serialized([:]).readableBytes == 0)
  }

  @Test func `of entries with one key the last counts, and what is missing has its default`() throws
  {
    let bytes = ByteBuffer(bytes: [
      0x0A, 0x07, 0x0A, 0x01, 0x61, 0x12, 0x02, 0x08, 0x02,  // "a" twice
      0x0A, 0x07, 0x0A, 0x01, 0x61, 0x12, 0x02, 0x08, 0x01,
      0x0A, 0x03, 0x0A, 0x01, 0x62,  // "b" without a value
      0x0A, 0x04, 0x12, 0x02, 0x08, 0x03,  // a value without a key
    ])
    #expect(
      try HealthListResponse(serialized: bytes).statuses
        == ["a": .init(status: .serving), "b": .init(), "": .init(status: .serviceUnknown)]
    )
  }

  @Test func `a key that is not UTF-8 is refused`() {
    let bytes = ByteBuffer(bytes: [0x0A, 0x03, 0x0A, 0x01, 0xFF])
    #expect(throws: MessageError("HealthListResponse.statuses is not valid UTF-8")) {
      try HealthListResponse(serialized: bytes)
    }
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `both keys of a map are kept`(_ first: String, _ second: String) throws {
    let statuses: [Identifier: HealthCheckResponse] = [
      Identifier(first): .init(status: .serving), Identifier(second): .init(status: .notServing),
    ]
    #expect(try HealthListResponse(serialized: self.serialized(statuses)).statuses == statuses)
    let text = HealthListResponse(statuses: statuses).json()
    #expect(try HealthListResponse(json: Array(text.utf8)).statuses == statuses)
  }

  @Test func `JSON has the keys as names`() throws {
    let text = #"{"statuses":{"":{"status":"SERVING"},"a\"b":{}}}"#
    let statuses: [Identifier: HealthCheckResponse] = [
      "": .init(status: .serving), #"a"b"#: .init(),
    ]
    let message = HealthListResponse(statuses: statuses)
    #expect(try HealthListResponse(json: Array(text.utf8)) == message)
    #expect(message.json().utf8.elementsEqual(text.utf8))
    let wrong = #"{"statuses": {"a": {"status": true}}}"#
    let error = #expect(throws: MessageError.self) {
      try HealthListResponse(json: Array(wrong.utf8))
    }
    #expect(error?.message.utf8.starts(with: #"statuses["a"].status is true"#.utf8) == true)
  }

  @Test func `enums are named in the tree of a message`() throws {
    let bytes = self.serialized(["a": .init(status: .serving)])
    let value = try HealthListResponse.value(of: bytes).naming(HealthListResponse.fields)
    let status = MessageValue.fields([.init("status", .name("SERVING"))])
    #expect(
      value["statuses"] == .list([.fields([.init("key", .text("a")), .init("value", status)])])
    )
  }
}
