public import Identifiers

/// An entry that a caller asks to store.
public struct NewEntry: Hashable, Sendable {
  /// The user who sent the prompt.
  public var userID: Identifier
  /// The prompt.
  @Bytewise public var prompt: String
  /// The response.
  @Bytewise public var response: String
  /// The model that answered; empty if unknown.
  public var model: Identifier
  /// The id of the generation that wrote the response; empty if unknown.
  public var generationID: Identifier
  /// The conversation that it belongs to; empty if none.
  public var sessionID: Identifier
  /// Other data of the caller.
  public var metadata: TextMap
  /// A user's entries with the same key are stored once; empty is no key.
  public var idempotencyKey: Identifier

  /// Creates an entry; only user and texts are required.
  public init(
    userID: Identifier,
    prompt: String,
    response: String,
    model: Identifier = "",
    generationID: Identifier = "",
    sessionID: Identifier = "",
    metadata: TextMap = [:],
    idempotencyKey: Identifier = ""
  ) {
    self.userID = userID
    self.prompt = prompt
    self.response = response
    self.model = model
    self.generationID = generationID
    self.sessionID = sessionID
    self.metadata = metadata
    self.idempotencyKey = idempotencyKey
  }
}
