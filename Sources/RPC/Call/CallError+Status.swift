internal import Identifiers
internal import NIOCore
internal import Protobuf

extension StatusMessage {
  /// Longer messages are cut, because an error must fit into a frame whatever it quotes. In
  /// scalars, because a Unicode character has no maximum length.
  private static let maximumMessageLength = 4096

  /// The error as every wire carries it.
  package init(_ error: CallError) {
    self.init(
      code: error.code.rawValue,
      message: String(error.message.unicodeScalars.prefix(Self.maximumMessageLength)),
      details: error.retryAfter.map { [AnyMessage(RetryInfoMessage(retryDelay: .init($0)))] } ?? []
    )
  }
}

extension CallError {
  /// What a peer's status says; nil when it is OK. Codes that gRPC does not define become
  /// `unknown`, and unknown details are dropped.
  package init?(_ status: StatusMessage?) {
    guard let status, status.code != 0 else { return nil }
    self.init(
      Code(rawValue: status.code) ?? .unknown,
      status.message,
      retryAfter: status.details.lazy.compactMap { RetryInfoMessage($0)?.retryDelay }.first
        .map { Duration($0) }
    )
  }
}

extension AnyMessage {
  fileprivate init(_ retryInfo: RetryInfoMessage) {
    var value = ByteBuffer()
    retryInfo.serialize(into: &value)
    self.init(typeUrl: RetryInfoMessage.typeURL, value: value)
  }
}

extension RetryInfoMessage {
  fileprivate static let typeURL = "type.googleapis.com/google.rpc.RetryInfo"

  /// Nil for another message, or for bytes that cannot be decoded.
  fileprivate init?(_ any: AnyMessage) {
    guard Identifier(any.typeUrl) == Identifier(Self.typeURL),
      let message = try? Self(serialized: any.value)
    else { return nil }
    self = message
  }
}

extension DurationMessage {
  fileprivate init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self.init(seconds: seconds, nanos: Int32(attoseconds / 1_000_000_000))
  }
}

extension Duration {
  fileprivate init(_ message: DurationMessage) {
    self = .seconds(message.seconds) + .nanoseconds(Int64(message.nanos))
  }
}
