internal import Generation
internal import Identifiers
internal import Synchronization

/// The recently used constraints of a model, compiled: the same text is compiled once, even for
/// simultaneous requests.
final class ConstraintCache: Sendable {
  /// A constraint's text, by its bytes.
  fileprivate struct Key: Hashable {
    let field: String
    let text: [UInt8]

    init(_ constraint: TextConstraint) {
      switch constraint {
      case .given(let given):
        self.field = given.field
        self.text = Array(given.text.utf8)
      case .calls(let calls):
        self.field = "tools"
        let schemas = calls.schemas.sorted { $0.key < $1.key }.map { [$0.key.text, $0.value] }
        let texts = [calls.gbnf] + schemas.joined()
        self.text =
          texts.flatMap { Array("\($0.utf8.count):\($0)".utf8) } + Array("\(calls.start)".utf8)
      }
    }
  }

  fileprivate typealias Outcome = Result<ConstraintGrammar, GenerationError>

  fileprivate struct Compilation {
    /// Nil until it has begun.
    var task: Task<Void, Never>?
    var number: Int
    var waiting: [Int: CheckedContinuation<Outcome, Never>] = [:]
  }

  fileprivate struct State {
    var compilations: [Key: Compilation] = [:]
    var outcomes: [Key: Outcome] = [:]
    /// The keys of `outcomes`, the last used one last.
    var uses: [Key] = []
    var bytes = 0
    var nextNumber = 0
    var count = 0
  }

  private let model: LlamaModel
  private let queue: WorkQueue
  private let state = Mutex(State())

  /// The most constraints that are kept, and the most bytes of their texts together.
  private static let maximumCount = 64
  private static let maximumBytes = 1 << 20

  init(_ model: LlamaModel, compilingOn queue: WorkQueue) {
    self.model = model
    self.queue = queue
  }

  /// How many compilations were started.
  var compilations: Int { self.state.withLock { $0.count } }

  /// The compiled grammar of a constraint.
  ///
  /// Compiling goes on as long as any caller waits for it, in the turns of the first one.
  ///
  /// - Throws: `invalidRequest` with what is wrong with the constraint, and where;
  ///   `deadlineExceeded` when the caller no longer waits.
  func grammar(
    of constraint: TextConstraint,
    for requester: Requester
  ) async throws(GenerationError) -> ConstraintGrammar {
    let key = Key(constraint)
    let number = self.state.withLock { state in
      defer { state.nextNumber += 1 }
      return state.nextNumber
    }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        self.wait(continuation, number, for: key, constraint, requester)
      }
    } onCancel: {
      self.leave(number, key)
    }
    return try outcome.get()
  }

  private func wait(
    _ continuation: CheckedContinuation<Outcome, Never>,
    _ number: Int,
    for key: Key,
    _ constraint: TextConstraint,
    _ requester: Requester
  ) {
    let known: Outcome? = self.state.withLock { state in
      if let outcome = state.use(key) { return outcome }
      if Task.isCancelled { return .failure(.expired) }
      if state.compilations[key] == nil {
        // Unstructured, because several callers share it: the last one that leaves cancels it.
        let task = Task { await self.compile(constraint, key, number, for: requester) }
        state.count += 1
        state.compilations[key] = Compilation(task: task, number: number)
      }
      state.compilations[key]?.waiting[number] = continuation
      return nil
    }
    if let known { continuation.resume(returning: known) }
  }

  /// A caller no longer waits.
  private func leave(_ number: Int, _ key: Key) {
    let (continuation, task) = self.state.withLock { state in
      let continuation = state.compilations[key]?.waiting.removeValue(forKey: number)
      guard continuation != nil, state.compilations[key]?.waiting.isEmpty == true else {
        return (continuation, nil as Task<Void, Never>?)
      }
      return (continuation, state.compilations.removeValue(forKey: key)?.task)
    }
    task?.cancel()
    continuation?.resume(returning: .failure(.expired))
  }

  private func compile(
    _ constraint: TextConstraint,
    _ key: Key,
    _ number: Int,
    for requester: Requester
  ) async {
    let outcome: Outcome
    do throws(GenerationError) {
      let model = self.model
      outcome = .success(
        try await self.queue.run(for: requester) { () throws(GenerationError) in
          try ConstraintGrammar(constraint, for: model)
        }
      )
    } catch {
      outcome = .failure(error)
    }
    let waiting = self.state.withLock { state in
      // All its callers have left, and others may wait for a newer compilation.
      guard !Task.isCancelled, state.compilations[key]?.number == number else {
        return [] as [CheckedContinuation<Outcome, Never>]
      }
      state.keep(outcome, key, Self.maximumCount, Self.maximumBytes)
      return state.compilations.removeValue(forKey: key).map { Array($0.waiting.values) } ?? []
    }
    for continuation in waiting { continuation.resume(returning: outcome) }
  }
}

extension ConstraintCache.State {
  fileprivate mutating func use(_ key: ConstraintCache.Key) -> ConstraintCache.Outcome? {
    guard let outcome = self.outcomes[key] else { return nil }
    self.uses.removeAll { $0 == key }
    self.uses.append(key)
    return outcome
  }

  fileprivate mutating func keep(
    _ outcome: ConstraintCache.Outcome,
    _ key: ConstraintCache.Key,
    _ maximumCount: Int,
    _ maximumBytes: Int
  ) {
    guard key.text.count <= maximumBytes, self.outcomes.updateValue(outcome, forKey: key) == nil
    else { return }
    self.uses.append(key)
    self.bytes += key.text.count
    while self.uses.count > maximumCount || self.bytes > maximumBytes {
      let oldest = self.uses.removeFirst()
      self.outcomes[oldest] = nil
      self.bytes -= oldest.text.count
    }
  }
}
