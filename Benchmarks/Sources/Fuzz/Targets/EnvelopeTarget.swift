import NIOCore
import Protobuf
import RPC

@testable import TTRPC

/// The envelopes of Requests and Responses.
struct EnvelopeTarget: FuzzTarget {
  let seeds = [
    RequestEnvelope(
      service: "s",
      method: "m",
      payload: ByteBuffer(string: "payload"),
      timeoutNano: -1,
      metadata: [KeyValue(key: "key", value: "value"), KeyValue()]
    ).serialized(),
    ResponseEnvelope(
      status: StatusMessage(code: 5, message: "not found"),
      payload: ByteBuffer(string: "payload")
    ).serialized(),
  ]

  func run(_ input: ByteBuffer) {
    RequestEnvelope.checkStability(input)
    ResponseEnvelope.checkStability(input)
    StatusMessage.checkStability(input)
  }
}
