public import Identifiers

/// What a caller asks to be kept.
public struct NewEntry: Hashable, Sendable {
  /// Who asked.
  public var userID: Identifier
  /// What was asked.
  @Bytewise public var prompt: String
  /// What was answered.
  @Bytewise public var response: String
  /// The model that answered; empty when it is not known.
  public var model: Identifier
  /// The id of the generation that wrote the response; empty when it is not known.
  public var generationID: Identifier
  /// What else the caller wants to find with the entry.
  public var metadata: TextMap
  /// A user's entries with the same key are one entry; empty is no key.
  public var idempotencyKey: Identifier

  /// An entry of which a caller may leave out all but user and texts.
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
