internal import Protobuf
internal import RPC
internal import TTRPC

/// The call that a client made on a stream.
struct RecordedCall: Hashable {
  var method: MethodDescriptor
  /// Nil when the method's message type is unknown.
  var request: MessageValue?

  /// Nil when the frame is not a Request.
  init?(_ frame: Frame) {
    guard frame.type == .request, let request = try? frame.readRequest() else { return nil }
    self.method = request.method
    self.request = MethodMessages.of(request.method)?.value(of: request.payload, from: .client)
  }

  /// The first calls of the streams of a connection.
  static func all(in events: some Sequence<RecordedEvent>) -> [UInt32: RecordedCall] {
    var calls: [UInt32: RecordedCall] = [:]
    for event in events where event.side == .client {
      if case .frame(let frame) = event.kind, calls[frame.stream] == nil {
        calls[frame.stream] = RecordedCall(frame)
      }
    }
    return calls
  }
}
