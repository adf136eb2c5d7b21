internal import HTTPTransport
internal import NIOCore
internal import Protobuf
internal import RPC
internal import TokenwireAPI

extension HTTPAPI {
  /// A call of a method.
  ///
  /// - Parameter accessToken: nil for a call without one.
  func call(
    _ method: MethodDescriptor,
    _ message: some Message,
    for request: HTTPRequest,
    accessToken: String?
  ) -> CallRequest {
    CallRequest(
      calling: method,
      message,
      metadata: request.metadata(accessToken: accessToken)
    )
  }

  /// The call that generates a text.
  func generation(
    _ generate: GenerateRequest,
    for request: HTTPRequest,
    accessToken: String?
  ) -> CallRequest {
    // Without an access token where one is needed, `SecureGenerate` says that it is missing.
    let isAnonymous = accessToken == nil && self.allowsAnonymous
    return self.call(
      isAnonymous ? TokenwireMethod.generate : TokenwireMethod.secureGenerate,
      generate,
      for: request,
      accessToken: accessToken
    )
  }
}

extension Message {
  /// Decodes the response of a call to this server itself.
  init(response bytes: ByteBuffer) throws(HTTPFailure) {
    do {
      self = try Self(serialized: bytes)
    } catch {
      throw HTTPFailure(CallError(.internal, "A response of the server cannot be read"))
    }
  }
}
