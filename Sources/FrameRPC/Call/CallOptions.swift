/// What a caller may say about a call beside its request.
public struct CallOptions: Hashable, Sendable {
  /// How long the caller waits for the end of the call; nil waits for as long as it takes. Travels
  /// with the call, so that the server stops its work then too.
  public var timeout: Duration?

  public var metadata: Metadata

  /// Creates options; by default a call has no timeout and no metadata.
  public init(timeout: Duration? = nil, metadata: Metadata = Metadata()) {
    self.timeout = timeout
    self.metadata = metadata
  }
}
