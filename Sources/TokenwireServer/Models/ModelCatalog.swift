internal import Concurrency
internal import Generation
internal import Identifiers
internal import Logging
internal import RPC
internal import TokenwireAPI

/// The models of a server, by name.
final class ModelCatalog: Sendable {
  /// The models here, in the order of the configuration.
  let local: [ModelSlot]
  /// The models elsewhere, which may change.
  private let elsewhere = Monitor<[ModelSlot]>([])
  private let logger: Logger

  /// - Precondition: there is at least one model, and all names differ.
  init(
    _ sources: [ModelSource],
    _ loading: ModelLoading = ModelLoading(),
    elsewhere: [ModelSource] = [],
    logger: Logger
  ) {
    self.local = sources.map { ModelSlot($0, loading, logger: logger) }
    self.logger = logger
    self.update(elsewhere: elsewhere)
  }

  /// The first is the default.
  var slots: [ModelSlot] { self.local + self.elsewhere.withLock { $0 } }

  var ids: [Identifier] { self.slots.map(\.id) }

  /// Whether each model here is or was loaded.
  var wereAllLoaded: Bool { self.local.allSatisfy { $0.description != nil } }

  /// Makes these the models elsewhere. Calls of others go on until they end.
  func update(elsewhere sources: [ModelSource]) {
    let retired = self.elsewhere.update { slots in
      let old = slots
      slots = sources.map { source in
        old.first { $0.id == source.id && $0.revision == source.revision }
          ?? ModelSlot(source, ModelLoading(), logger: self.logger)
      }
      return old.filter { slot in !slots.contains { $0 === slot } }
    }
    for slot in retired { slot.retire() }
  }

  /// Runs the models elsewhere until the task is cancelled.
  func runElsewhere() async {
    await withDiscardingTaskGroup { group in
      var running: Set<ObjectIdentifier> = []
      while !Task.isCancelled {
        let slots = await self.elsewhere.firstUnlessCancelled { slots in
          slots.contains { !running.contains(ObjectIdentifier($0)) } ? slots : nil
        }
        guard let slots else { return }
        for slot in slots where !running.contains(ObjectIdentifier(slot)) {
          group.addTask {
            do {
              try await slot.run {}
            } catch {
              self.logger.error(
                "A model is not served: \(error)",
                metadata: ["model": "\(slot.id)"]
              )
            }
          }
        }
        running = Set(slots.map { ObjectIdentifier($0) })
      }
    }
  }

  /// Whether a model is being loaded now.
  var isLoading: Bool {
    self.slots.contains { if case .loading = $0.phase { true } else { false } }
  }

  /// The slot of a model, which stays loaded, or waits to be loaded, until the slot is released.
  ///
  /// Not a closure that gets the model: it would capture the request, which adds 0.4 KiB to each
  /// suspended call.
  ///
  /// - Parameter id: empty means the first model.
  /// - Throws: `notFound` with the known names.
  func hold(_ id: Identifier, for caller: Caller) throws -> ModelSlot {
    guard caller.usesModel else {
      throw CallError(.internal, "A method that uses a model has a policy that says it does not")
    }
    if let slot = id.isEmpty ? self.local.first : self.local.first(where: { $0.id == id }) {
      slot.hold()
      return slot
    }
    // Held under the lock, so that it is not retired before.
    let slot = self.elsewhere.withLock { slots in
      let slot = id.isEmpty ? slots.first : slots.first { $0.id == id }
      slot?.hold()
      return slot
    }
    guard let slot else { throw GenerationError.unknownModel(id, known: self.ids) }
    return slot
  }

  /// All models, loaded or not; for one that was never loaded, only the name is known.
  var list: [Model] {
    self.slots.enumerated().map { index, slot in
      let description = slot.description
      return Model(
        id: slot.id.text,
        description: description?.description ?? "",
        parameters: description?.parameters ?? 0,
        sizeBytes: description?.sizeBytes ?? 0,
        contextLength: Int32(clamping: description?.contextLength ?? 0),
        isDefault: index == 0,
        quantization: description?.quantization ?? "",
        state: description?.isAvailable == false ? .unavailable : ModelState(slot.phase),
        trainingContextLength: Int32(clamping: description?.trainingContextLength ?? 0),
        chatTemplate: description?.chatTemplate.map {
          ChatTemplate(tools: $0.tools, reasoning: $0.reasoning, systemRole: $0.systemRole)
        },
        upstreamKind: description?.upstreamKind ?? ""
      )
    }
  }
}

extension ModelState {
  fileprivate init(_ phase: ModelSlot.Phase) {
    self =
      switch phase {
      case .unloaded: .unloaded
      case .loading: .loading
      case .ready: .ready
      }
  }
}
