import NIOCore
import Testing

@testable import RPC
@testable import TTRPC

/// The bytes were captured from stock Go peers: WIRE.md section 1.
@Suite struct EnvelopeTests {
  @Test(arguments: [
    ("120445" + "63686f", "Echo", "1a040a026869", "0a026869"),
    ("1208" + "47656e6572617465", "Generate", "1a090a0568656c6c6f1003", "0a0568656c6c6f1003"),
  ])
  func `a Request is what stock clients send`(
    methodField: String,
    method: String,
    payloadField: String,
    payload: String
  ) throws {
    let service = "0a16746f6b656e776972652e76312e546f6b656e77697265"
    let bytes = hex(service + methodField + payloadField)
    let envelope = try RequestEnvelope(serialized: bytes)
    #expect(envelope.service == "tokenwire.v1.Tokenwire")
    #expect(envelope.method == method)
    #expect(envelope.payload == hex(payload))
    #expect(envelope.timeoutNano == 0)
    #expect(envelope.metadata.isEmpty)
    #expect(envelope.serialized() == bytes)
  }

  @Test func `a Response is what stock servers send`() throws {
    let bytes = hex("12040a026869")
    let envelope = try ResponseEnvelope(serialized: bytes)
    #expect(envelope == ResponseEnvelope(payload: hex("0a026869")))
    #expect(envelope.serialized() == bytes)
  }

  @Test(arguments: ["", "0a00", "12040a026869", "0a0012040a026869"])
  func `success may come with an empty status or without one`(bytes: String) throws {
    let envelope = try ResponseEnvelope(serialized: hex(bytes))
    #expect(CallError(envelope.status) == nil)
  }

  @Test(arguments: [
    (
      "00000014 00000001 02 00 | 0a12080e120e6d6f64656c20756e6c6f61646564",
      CallError(.unavailable, "model unloaded")
    ),
    (
      "00000010 00000001 02 00 | 0a0e0803120a6261642070726f6d7074",
      CallError(.invalidArgument, "bad prompt")
    ),
    (
      "00000011 00000001 02 00 | 0a0f080c120b6d6574686f64204e6f7065",
      CallError(.unimplemented, "method Nope")
    ),
  ])
  func `an error is the Response that stock servers send`(bytes: String, error: CallError) throws {
    var buffer = ByteBuffer()
    buffer.writeError(error, stream: 1)
    #expect(buffer == hex(bytes))
    buffer.moveReaderIndex(forwardBy: FrameHeader.size)
    #expect(CallError(try ResponseEnvelope(serialized: buffer).status) == error)
  }

  @Test func `the end of a stream is an empty Data frame that says so`() {
    var buffer = ByteBuffer()
    buffer.writeEnd(stream: 1)
    #expect(buffer == hex("00000000 00000001 03 05"))
  }

  @Test func `an error's text is cut where a frame could not hold it`() throws {
    var buffer = ByteBuffer()
    buffer.writeError(CallError(.internal, String(repeating: "é", count: 5_000_000)), stream: 1)
    let header = try #require(buffer.peekFrameHeader())
    #expect(Int(header.length) <= FrameHeader.maximumDataLength)
    #expect(buffer.readableBytes == FrameHeader.size + Int(header.length))
  }

  @Test(arguments: [Duration.zero, .milliseconds(1_500), .seconds(3_600), .nanoseconds(1)])
  func `an error may say when to call again`(time: Duration) throws {
    let error = CallError(.resourceExhausted, "too much", retryAfter: time)
    var buffer = ByteBuffer()
    buffer.writeError(error, stream: 1)
    buffer.moveReaderIndex(forwardBy: FrameHeader.size)
    let status = try #require(try ResponseEnvelope(serialized: buffer).status)
    #expect(status.details.first?.typeUrl == "type.googleapis.com/google.rpc.RetryInfo")
    #expect(CallError(status) == error)
  }
}
