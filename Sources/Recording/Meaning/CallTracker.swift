internal import NIOCore
internal import Protobuf
package import RPC
package import TTRPC

/// Tracks which method each stream of a connection calls, so that its frames can be described.
package struct CallTracker: Sendable {
  private var methods: [UInt32: MethodDescriptor] = [:]

  package init() {}

  /// The method that a stream calls; nil when its Request is invalid, or its answer is complete.
  package subscript(stream: UInt32) -> MethodDescriptor? { self.methods[stream] }

  /// Tracks a frame, and describes it as far as possible.
  package mutating func describe(
    _ frame: Frame,
    from side: RecordedEvent.Side
  ) -> EventDescription? {
    switch (frame.type, side) {
    case (.request, .client): self.describeRequest(frame)
    case (.response, .server): self.describeResponse(frame)
    case (.data, _): self.describeData(frame, from: side)
    default: EventDescription(extension: frame)
    }
  }

  private mutating func describeRequest(_ frame: Frame) -> EventDescription? {
    guard let request = try? frame.readRequest() else { return nil }
    // The server refuses an id that is in use; the stream with that id continues.
    if self.methods[frame.stream] == nil { self.methods[frame.stream] = request.method }
    return EventDescription(
      method: "\(request.method)",
      message: MethodMessages.of(request.method)?.value(of: request.payload, from: .client)
    )
  }

  private mutating func describeResponse(_ frame: Frame) -> EventDescription? {
    let method = self.methods.removeValue(forKey: frame.stream)
    guard let response = try? frame.readResponse() else { return nil }
    if let error = response.error { return EventDescription(status: "\(error)") }
    return EventDescription(
      message: method.flatMap { MethodMessages.of($0) }?
        .value(of: response.payload, from: .server),
      status: "OK"
    )
  }

  private mutating func describeData(
    _ frame: Frame,
    from side: RecordedEvent.Side
  ) -> EventDescription? {
    let isEnd = frame.flags.contains(.noData)
    let messages = self.methods[frame.stream].flatMap { MethodMessages.of($0) }
    if isEnd {
      if side == .server { self.methods[frame.stream] = nil }
      return side == .server ? EventDescription(status: "OK") : nil
    }
    return messages?.value(of: frame.data, from: side).map { EventDescription(message: $0) }
  }
}
