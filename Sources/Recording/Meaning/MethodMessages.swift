internal import NIOCore
internal import Protobuf
internal import RPC
internal import TokenwireAPI

/// The types of a method's messages, to decode recorded bytes.
struct MethodMessages {
  private let request: any (CMessage & JSONMessage).Type
  private let response: any (CMessage & JSONMessage).Type
  /// The secret fields of the request, such as an access token, which must not be stored.
  let secretFields: [Int]

  private init(
    request: any (CMessage & JSONMessage).Type,
    response: any (CMessage & JSONMessage).Type
  ) {
    self.request = request
    self.response = response
    self.secretFields = request.fields.filter(\.isSecret).map(\.number)
  }

  /// Nil for methods of other services.
  static func of(_ method: MethodDescriptor) -> MethodMessages? { self.table[method] }

  /// Nil when the bytes are not a message that `side` sends.
  func value(of bytes: ByteBuffer, from side: RecordedEvent.Side) -> MessageValue? {
    let type = side == .client ? self.request : self.response
    return try? type.value(of: bytes).naming(type.fields)
  }

  private static let table = TokenwireMethod.messages
    .merging(HealthMethod.messages) { method, _ in method }
    .merging(ServerReflectionMethod.messages) { method, _ in method }
    .mapValues { MethodMessages(request: $0.request, response: $0.response) }
}
