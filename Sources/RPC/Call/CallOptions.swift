/// What a caller may say about a call beside its request.
public struct CallOptions: Hashable, Sendable {
  /// How long the caller waits for the end of the call; nil waits for as long as it takes. Travels
  /// with the call, so that the server stops its work then too.
  public var timeout: Duration?

  /// When the timeout began to run, where it is that of more than one call; nil is when the call is
  /// made.
  public var begin: ContinuousClock.Instant?

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
