import NIOCore
import Testing

@testable import RPC

/// Errors as the google.rpc.Status that wires carry.
@Suite struct CallErrorStatusTests {
  @Test(
    arguments: [nil, .zero, .milliseconds(1_500), .seconds(3_600), .nanoseconds(1)] as [Duration?]
  )
  func `an error comes back from its status`(retryAfter: Duration?) throws {
    let error = CallError(.resourceExhausted, "too much", retryAfter: retryAfter)
    var bytes = ByteBuffer()
    StatusMessage(error).serialize(into: &bytes)
    #expect(CallError(try StatusMessage(serialized: bytes)) == error)
  }

  @Test(arguments: CallError.Reason.allCases)
  func `a reason comes back from its status, beside a time`(reason: CallError.Reason) throws {
    let error = CallError(.invalidArgument, "no", reason: reason, retryAfter: .seconds(1))
    var bytes = ByteBuffer()
    StatusMessage(error).serialize(into: &bytes)
    #expect(CallError(try StatusMessage(serialized: bytes)) == error)
  }

  /// As google/rpc/error_details.proto has it: reason 1 and domain 2.
  @Test(arguments: [
    ("CONTEXT_LENGTH_EXCEEDED", "tokenwire", CallError.Reason.contextLengthExceeded),
    ("CONTEXT_LENGTH_EXCEEDED", "example.com", nil), ("LATER", "tokenwire", nil),
  ])
  func `reasons of others, and unknown ones, are dropped`(
    text: String,
    domain: String,
    reason: CallError.Reason?
  ) {
    var info = ByteBuffer(bytes: [0x0A, UInt8(text.utf8.count)])
    info.writeString(text)
    info.writeBytes([0x12, UInt8(domain.utf8.count)])
    info.writeString(domain)
    let detail = AnyMessage(typeUrl: "type.googleapis.com/google.rpc.ErrorInfo", value: info)
    #expect(
      CallError(StatusMessage(code: 3, message: "m", details: [detail]))
        == CallError(.invalidArgument, "m", reason: reason)
    )
  }

  /// As google/rpc/status.proto and error_details.proto have it: code 8, message "m", and an Any of
  /// google.rpc.RetryInfo with a Duration of 2 seconds.
  @Test func `a status is what other implementations send`() throws {
    let type = "type.googleapis.com/google.rpc.RetryInfo"
    var details = ByteBuffer(bytes: [0x0A, UInt8(type.utf8.count)])
    details.writeString(type)
    details.writeBytes([0x12, 0x04, 0x0A, 0x02, 0x08, 0x02])
    var bytes = ByteBuffer(bytes: [0x08, 0x08, 0x12, 0x01, UInt8(ascii: "m")])
    bytes.writeBytes([0x1A, UInt8(details.readableBytes)])
    bytes.writeImmutableBuffer(details)
    let error = CallError(.resourceExhausted, "m", retryAfter: .seconds(2))
    #expect(CallError(try StatusMessage(serialized: bytes)) == error)
    var own = ByteBuffer()
    StatusMessage(error).serialize(into: &own)
    #expect(own == bytes)
  }

  @Test func `no status, and one with code 0, is no error`() {
    #expect(CallError(nil) == nil)
    #expect(CallError(StatusMessage(code: 0, message: "ignored")) == nil)
  }

  @Test func `a long message is cut`() {
    let error = CallError(.internal, String(repeating: "é", count: 10_000))
    #expect(StatusMessage(error).message.unicodeScalars.count == 4096)
  }

  @Test func `details that are not known, or are no message, are dropped`() {
    let wrong = ByteBuffer(bytes: [0xFF])
    let details = [
      AnyMessage(typeUrl: "type.googleapis.com/google.rpc.Help", value: wrong),
      AnyMessage(typeUrl: "type.googleapis.com/google.rpc.RetryInfo", value: wrong),
    ]
    #expect(
      CallError(StatusMessage(code: 8, message: "m", details: details))
        == CallError(.resourceExhausted, "m")
    )
  }

  @Test func `a code that nobody knows is unknown`() {
    #expect(CallError(StatusMessage(code: 99, message: "?"))?.code == .unknown)
  }
}
