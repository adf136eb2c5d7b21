internal import Concurrency

/// New sequences and reader changes for the loop of a scripted generator.
final class Inbox: Sendable {
  struct News {
    var sequences: [ScriptedSequence] = []
    /// The ids of sequences whose readers want something else now.
    var changed: [Int] = []

    var isEmpty: Bool { self.sequences.isEmpty && self.changed.isEmpty }
  }

  private struct State {
    var news = News()
    var nextID = 0
    var activeSequences = 0
    var isClosed = false
  }

  /// The loop waits for news; `waitUntilIdle` waits for the last sequence to end.
  private let state = Monitor(State())

  var activeSequences: Int { self.state.withLock { $0.activeSequences } }

  /// Adds the sequence that `make` creates from its id and a callback for its reader's changes.
  ///
  /// - Parameter readers: makes what reads the answers from the texts; nil passes them on as they are.
  func add(
    readingAnswersBy readers: (@Sendable () -> any AnswerReader)?,
    _ make: (_ id: Int, _ onReaderChange: @escaping @Sendable () -> Void) -> ScriptedSequence
  ) throws(GenerationError) -> GenerationEvents {
    let id = self.state.withLock { state in
      defer { state.nextID += 1 }
      return state.nextID
    }
    let sequence = make(id) { self.state.update { $0.news.changed.append(id) } }
    try self.state.update { state throws(GenerationError) in
      if state.isClosed { throw .shutDown }
      state.news.sequences.append(sequence)
      state.activeSequences += 1
    }
    return sequence.buffer.events(readingAnswersBy: readers)
  }

  func take() -> News {
    self.state.withLock { state in
      defer { state.news = News() }
      return state.news
    }
  }

  /// Returns when there is news to take, or the task is cancelled.
  func waitForNews() async {
    await self.state.waitUnlessCancelled { !$0.news.isEmpty }
  }

  func didEndSequence() {
    self.state.update {
      $0.activeSequences -= 1
    } wakingIf: {
      $0.activeSequences == 0
    }
  }

  func waitUntilIdle() async {
    await self.state.wait { $0.activeSequences == 0 }
  }

  /// Ends all sequences, and refuses later ones.
  func close(_ buffers: [EventBuffer]) {
    let waiting = self.state.withLock { state in
      state.isClosed = true
      defer { state.news = News() }
      return state.news.sequences.map(\.buffer)
    }
    for buffer in buffers + waiting { buffer.finish(throwing: GenerationError.shutDown) }
    self.state.update { $0.activeSequences = 0 }
  }
}
