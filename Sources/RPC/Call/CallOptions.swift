/// The options of a call, sent besides its request.
public struct CallOptions: Hashable, Sendable {
  /// How long the caller waits for the end of the call; nil waits for ever. The server gets it,
  /// too, and then stops its work.
  public var timeout: Duration?

  /// When the timeout began, if several calls share it; nil is when the call is made.
  public var begin: ContinuousClock.Instant?

  /// The metadata that is sent with the call.
  public var metadata: Metadata

  /// Creates options; by default a call has no timeout and no metadata.
  public init(
    timeout: Duration? = nil,
    since begin: ContinuousClock.Instant? = nil,
    metadata: Metadata = Metadata()
  ) {
    self.timeout = timeout
    self.begin = begin
    self.metadata = metadata
  }
}
