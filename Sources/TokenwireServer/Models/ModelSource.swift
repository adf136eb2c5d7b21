public import Generation
public import Identifiers

/// A model's name, and how to load it.
public struct ModelSource: Sendable {
  /// The model's name in requests.
  public var id: Identifier
  /// Creates the model's generator. It may block: it is called on a thread of its own.
  public var load: @Sendable () throws(GenerationError) -> any TextGenerator
  /// Differs from that of another source with the same name when another model is meant.
  public var revision: Int

  /// Creates a source of a model.
  public init(
    _ id: Identifier,
    revision: Int = 0,
    load: @escaping @Sendable () throws(GenerationError) -> any TextGenerator
  ) {
    self.id = id
    self.revision = revision
    self.load = load
  }
}

/// Models that other servers have: they cost nothing here, and may change while the server runs.
public struct ModelsElsewhere: Sendable {
  /// Those at the start.
  public var sources: [ModelSource]
  /// Reads which there are now; called on a thread that may block.
  public var reload: @Sendable () throws -> [ModelSource]

  /// Creates the models.
  public init(
    _ sources: [ModelSource],
    reload: @escaping @Sendable () throws -> [ModelSource]
  ) {
    self.sources = sources
    self.reload = reload
  }
}

/// When models are loaded and unloaded.
public struct ModelLoading: Hashable, Sendable {
  /// When models are loaded.
  public enum Begin: String, CaseIterable, Hashable, Sendable {
    /// When the server starts.
    case start
    /// When a request needs the model; the request waits until it is loaded.
    case demand
  }

  /// When models are loaded.
  public var begin: Begin
  /// How long a model without requests stays loaded; nil is for ever.
  public var idleTimeout: Duration?

  /// Creates a policy; by default models are loaded at the start and stay in memory.
  public init(begin: Begin = .start, idleTimeout: Duration? = nil) {
    self.begin = begin
    self.idleTimeout = idleTimeout
  }
}
