public import Identifiers

/// What a caller asks to be kept.
public struct NewEntry: Hashable, Sendable {
  public var userID: Identifier
  @Bytewise public var prompt: String
  @Bytewise public var response: String
  /// Empty when it is not known; so is `generationID`.
  public var model: Identifier
  public var generationID: Identifier
  public var metadata: TextMap
  /// A user's entries with the same key are one entry; empty is no key.
  public var idempotencyKey: Identifier

  public init(
    userID: Identifier,
    prompt: String,
    response: String,
    model: Identifier = "",
    generationID: Identifier = "",
    metadata: TextMap = [:],
    idempotencyKey: Identifier = ""
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
