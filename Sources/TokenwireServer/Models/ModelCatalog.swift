internal import Generation
internal import Identifiers
internal import Logging
internal import RPC
internal import TokenwireAPI

/// The models of a server, by name.
struct ModelCatalog: Sendable {
  /// In the order of the configuration; the first is the default.
  let slots: [ModelSlot]

  /// - Precondition: there is at least one model, and all names differ.
  init(_ sources: [ModelSource], _ loading: ModelLoading = ModelLoading(), logger: Logger) {
    self.slots = sources.map { ModelSlot($0, loading, logger: logger) }
  }

  var ids: [Identifier] { self.slots.map(\.id) }

  /// Whether each model is or was loaded.
  var wereAllLoaded: Bool { self.slots.allSatisfy { $0.description != nil } }

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
    guard let slot = id.isEmpty ? self.slots.first : self.slots.first(where: { $0.id == id }) else {
      throw GenerationError.unknownModel(id, known: self.ids)
    }
    slot.hold()
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
        state: ModelState(slot.phase),
        trainingContextLength: Int32(clamping: description?.trainingContextLength ?? 0),
        chatTemplate: description?.chatTemplate.map {
          ChatTemplate(tools: $0.tools, reasoning: $0.reasoning, systemRole: $0.systemRole)
        }
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
