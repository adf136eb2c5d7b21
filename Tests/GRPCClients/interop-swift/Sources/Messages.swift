import GRPCCore

/// What is called: the methods of `grpc.testing.TestService`, and `Generate`.
extension MethodDescriptor {
  static let emptyCall = testService("EmptyCall")
  static let unaryCall = testService("UnaryCall")
  static let streamingInputCall = testService("StreamingInputCall")
  static let streamingOutputCall = testService("StreamingOutputCall")
  static let fullDuplexCall = testService("FullDuplexCall")
  static let unimplementedCall = testService("UnimplementedCall")
  static let callOfUnimplementedService = Self(
    fullyQualifiedService: "grpc.testing.UnimplementedService",
    method: "UnimplementedCall"
  )
  static let generate = Self(fullyQualifiedService: "tokenwire.v1.Tokenwire", method: "Generate")

  private static func testService(_ method: String) -> Self {
    Self(fullyQualifiedService: "grpc.testing.TestService", method: method)
  }
}

/// The requests, with the numbers of `grpc/testing/messages.proto` and `tokenwire.proto`.
extension Fields {
  static let empty = Self()
  static let large = Self().with(2, Sizes.largeResponse).with(3, payload(Sizes.largeRequest))

  /// - Parameter size: the number of its bytes, which are zero.
  static func payload(_ size: Int) -> Self {
    Self().with(2, repeatElement(UInt8(0), count: size))
  }

  /// A SimpleRequest or a StreamingOutputCallRequest that asks for this status.
  static func asking(forStatus code: Status.Code, _ message: String) -> Self {
    Self().with(7, Self().with(1, code.rawValue).with(2, message.utf8))
  }

  /// A StreamingInputCallRequest.
  static func input(_ size: Int) -> Self {
    Self().with(1, Self.payload(size))
  }

  /// A StreamingOutputCallRequest.
  static func asking(forResponses sizes: [Int], payload size: Int) -> Self {
    sizes.reduce(Self().with(3, Self.payload(size))) { $0.with(2, Self().with(1, $1)) }
  }

  static func generate(maxTokens: Int) -> Self {
    Self().with(2, "go".utf8).with(6, maxTokens)
  }
}

enum Sizes {
  static let largeRequest = 271828
  static let largeResponse = 314159
  static let requests = [27182, 8, 1828, 45904]
  static let responses = [31415, 9, 2653, 58979]
}
