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
      details: Self.details(of: error)
    )
  }

  private static func details(of error: CallError) -> [AnyMessage] {
    var details: [AnyMessage] = []
    if let reason = error.reason {
      details.append(AnyMessage(ErrorInfoMessage(reason: reason)))
    }
    if let time = error.retryAfter {
      details.append(AnyMessage(RetryInfoMessage(retryDelay: .init(time))))
    }
    return details
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
      reason: status.details.lazy.compactMap { $0.content(as: ErrorInfoMessage.self)?.ofCallError }
        .first,
      retryAfter: status.details.lazy
        .compactMap { $0.content(as: RetryInfoMessage.self)?.retryDelay }.first
        .map { Duration($0) }
    )
  }
}

/// A message that tells more of an error.
private protocol ErrorDetail: Message {
  static var typeURL: Identifier { get }
}

extension AnyMessage {
  fileprivate init(_ detail: some ErrorDetail) {
    var value = ByteBuffer()
    detail.serialize(into: &value)
    self.init(typeUrl: type(of: detail).typeURL.text, value: value)
  }

  /// Nil for another message, or for bytes that cannot be decoded.
  fileprivate func content<Detail: ErrorDetail>(as type: Detail.Type) -> Detail? {
    guard Identifier(self.typeUrl) == Detail.typeURL else { return nil }
    return try? Detail(serialized: self.value)
  }
}

extension RetryInfoMessage: ErrorDetail {
  fileprivate static let typeURL: Identifier = "type.googleapis.com/google.rpc.RetryInfo"
}

extension ErrorInfoMessage: ErrorDetail {
  fileprivate static let typeURL: Identifier = "type.googleapis.com/google.rpc.ErrorInfo"
  private static let domain = "tokenwire"

  fileprivate init(reason: CallError.Reason) {
    self.init(reason: reason.rawValue, domain: Self.domain)
  }

  /// Nil when it is another's.
  fileprivate var ofCallError: CallError.Reason? {
    guard Identifier(self.domain) == Identifier(Self.domain) else { return nil }
    return CallError.Reason(rawValue: self.reason)
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
