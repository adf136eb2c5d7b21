/// What a caller asks to be kept.
public struct NewEntry: Hashable, Sendable {
  public var userID: String
  public var prompt: String
  public var response: String
  /// Empty when it is not known; so is `generationID`.
  public var model: String
  public var generationID: String
  public var metadata: [String: String]
  /// A user's entries with the same key are one entry; empty is no key.
  public var idempotencyKey: String

  public init(
    userID: String,
    prompt: String,
    response: String,
    model: String = "",
    generationID: String = "",
    metadata: [String: String] = [:],
    idempotencyKey: String = ""
  ) {
    self.userID = userID
    self.prompt = prompt
    self.response = response
    self.model = model
    self.generationID = generationID
    self.metadata = metadata
    self.idempotencyKey = idempotencyKey
  }
}
