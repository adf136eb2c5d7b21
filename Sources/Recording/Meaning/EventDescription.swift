package import Identifiers
package import Protobuf
internal import TTRPC

/// A frame's content, for people.
package struct EventDescription: Hashable, Sendable {
  /// "service/method" of a Request.
  @Bytewise package var method: String?
  package var message: MessageValue?
  /// How a stream ends: "OK", or the code and the message.
  @Bytewise package var status: String?

  package init(method: String? = nil, message: MessageValue? = nil, status: String? = nil) {
    self.method = method
    self.message = message
    self.status = status
  }
}

extension EventDescription {
  /// Describes a frame of the extension, or nothing of a malformed one.
  init?(extension frame: Frame) {
    guard let content = try? ExtensionFrame(frame) else { return nil }
    switch content {
    case .settings(let settings):
      self.init([
        ("version", settings.version), ("capabilities", settings.capabilities),
        ("initial_window", settings.initialWindow),
        ("max_concurrent_streams", settings.maxConcurrentStreams),
        ("min_ping_interval_ms", settings.minPingInterval), ("max_frame", settings.maxFrame),
        ("idle_timeout_ms", settings.idleTimeout),
      ])
    case .cancel(let stream, let code):
      self.init([("stream", stream), ("code", code)])
    case .ping(let opaque), .pong(let opaque):
      self.init(message: .fields([.init("opaque", .unsigned(opaque))]))
    case .window(let stream, let maxOffset):
      self.init(
        message: .fields([
          .init("stream", .unsigned(UInt64(stream))), .init("max_offset", .unsigned(maxOffset)),
        ])
      )
    case .goAway(let goAway):
      self.init(
        [
          ("last_stream", goAway.lastStream), ("code", goAway.code.rawValue),
          ("grace_ms", goAway.gracePeriod),
        ],
        status: goAway.message
      )
    }
  }

  private init(_ numbers: [(name: Identifier, value: UInt32)], status: String? = nil) {
    self.init(
      message: .fields(numbers.map { .init($0.name, .unsigned(UInt64($0.value))) }),
      status: status
    )
  }
}
