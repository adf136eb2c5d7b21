import Identifiers
import NIOCore
import RPC

/// `grpc.testing.TestService`, as gRPC's description of its interoperability tests has it
/// (https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md).
///
/// `expect_compressed` is left out: handlers do not see whether a request was compressed.
enum TestService {
  static let definition = ServiceDefinition(
    name: "grpc.testing.TestService",
    methods: [
      "EmptyCall": .unary { (_: Empty, context) in
        context.echoMetadata()
        return Empty()
      },
      "UnaryCall": .unary { (request: SimpleRequest, context) in
        context.echoMetadata()
        try request.responseStatus?.end()
        return SimpleResponse(payload: Payload(size: request.responseSize))
      },
      "StreamingInputCall": .clientStreaming {
        (requests: RequestStream<StreamingInputCallRequest>, context) in
        context.echoMetadata()
        var size = 0
        for try await request in requests { size += request.payload?.body.readableBytes ?? 0 }
        return StreamingInputCallResponse(aggregatedPayloadSize: Int32(clamping: size))
      },
      "StreamingOutputCall": .serverStreaming {
        (request: StreamingOutputCallRequest, responses: ResponseWriter, context) in
        context.echoMetadata()
        try await request.answer(to: responses)
      },
      "FullDuplexCall": .bidirectionalStreaming {
        (requests: RequestStream<StreamingOutputCallRequest>, responses: ResponseWriter, context) in
        context.echoMetadata()
        for try await request in requests { try await request.answer(to: responses) }
      },
    ]
  )
}

extension CallContext {
  /// Sends back the two keys that callers of the test service use for that.
  fileprivate func echoMetadata() {
    if let value = self.metadata["x-grpc-test-echo-initial"] {
      self.initialMetadata = ["x-grpc-test-echo-initial": value]
    }
    if let value = self.metadata["x-grpc-test-echo-trailing-bin"] {
      self.trailingMetadata = ["x-grpc-test-echo-trailing-bin": value]
    }
  }
}

extension StreamingOutputCallRequest {
  /// Writes the responses that are asked for, each after its time.
  fileprivate func answer(
    to responses: ResponseWriter<StreamingOutputCallResponse>
  ) async throws {
    for parameters in self.responseParameters {
      if parameters.intervalUs > 0 {
        try await Task.sleep(for: .microseconds(Int(parameters.intervalUs)))
      }
      let payload = Payload(size: parameters.size)
      try await responses.write(StreamingOutputCallResponse(payload: payload))
    }
    try self.responseStatus?.end()
  }
}

extension EchoStatus {
  /// Ends the call with this status, if it is an error.
  fileprivate func end() throws(CallError) {
    guard self.code != 0 else { return }
    throw CallError(CallError.Code(rawValue: self.code) ?? .unknown, self.message)
  }
}

extension Payload {
  /// - Parameter size: the number of its bytes, which are zero.
  fileprivate init(size: Int32) {
    self.init(body: ByteBuffer(repeating: 0, count: max(0, Int(size))))
  }
}
