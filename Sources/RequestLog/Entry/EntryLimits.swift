/// How large the fields of an entry may be, in bytes of UTF-8.
public struct EntryLimits: Hashable, Sendable {
  /// Default 1 MiB.
  public var prompt: Int
  /// Default 1 MiB.
  public var response: Int
  /// Default 256.
  public var userID: Int
  /// Default 256.
  public var model: Int
  /// Default 256.
  public var generationID: Int
  /// Default 128.
  public var sessionID: Int
  /// Default 256.
  public var idempotencyKey: Int
  /// The number of keys. Default 64.
  public var metadataCount: Int
  /// All keys and values together. Default 16 KiB.
  public var metadata: Int

  /// Creates limits.
  public init(
    prompt: Int = 1 << 20,
    response: Int = 1 << 20,
    userID: Int = 256,
    model: Int = 256,
    generationID: Int = 256,
    sessionID: Int = 128,
    idempotencyKey: Int = 256,
    metadataCount: Int = 64,
    metadata: Int = 16 << 10
  ) {
    self.prompt = prompt
    self.response = response
    self.userID = userID
    self.model = model
    self.generationID = generationID
    self.sessionID = sessionID
    self.idempotencyKey = idempotencyKey
    self.metadataCount = metadataCount
    self.metadata = metadata
  }
}
