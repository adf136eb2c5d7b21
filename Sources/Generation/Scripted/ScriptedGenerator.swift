public import Identifiers

/// A generator that writes a given text at a given pace, whatever the prompt: for tests, benchmarks
/// and clients that need a server but no model.
///
/// It behaves like a model: its tokens may split characters, it obeys `maxTokens` and `stop`, it
/// pauses a sequence whose reader is full, and it ends one whose reader is gone. The words of the
/// prompt are its tokens.
///
/// In an answer to a conversation, `<think>...</think>` in the script is what the model thinks, and,
/// if the conversation has tools that may be called,
/// `<tool_call>{"name": "...", "arguments": {...}}</tool_call>` a call, whatever the tools. Such an
/// answer does not repeat.
public final class ScriptedGenerator: TextGenerator {
  /// The model, with the name given to `init`.
  public let model: ModelDescription
  private let script: Script
  private let pace: Duration
  private let bufferCapacity: Int
  private let inbox = Inbox()

  /// - Parameters:
  ///   - script: the text to write.
  ///   - pace: the time between two tokens of a sequence; zero is as fast as the reader reads.
  ///   - model: the name of the generator's one model.
  ///   - bufferCapacity: how many events wait for a reader before its sequence is paused.
  public init(
    _ script: Script,
    pace: Duration = .zero,
    model: Identifier = "scripted",
    bufferCapacity: Int = 64
  ) {
    self.script = script
    self.pace = pace
    self.bufferCapacity = bufferCapacity
    self.model = ModelDescription(
      id: model,
      description: "a given text at a given pace",
      parameters: 0,
      sizeBytes: 0,
      contextLength: Int(Int32.max)
    )
  }

  /// Starts a sequence that writes the script; `run` generates its tokens.
  public func generate(
    _ request: GenerationRequest
  ) async throws(GenerationError) -> GenerationEvents {
    if let constraint = request.constraint {
      throw GenerationError(
        .invalidRequest,
        "\(constraint.field) needs a language model: this generator says a given text"
      )
    }
    let promptTokens = try await self.countTokens(request.input)
    var bounded = request
    try bounded.takeRoom(ofPrompt: promptTokens)
    let request = bounded
    let readers = self.answerReaders(request)
    return try self.inbox.add(readingAnswersBy: readers) {
      id,
      onReaderChange in
      ScriptedSequence(
        request,
        id: id,
        started: GenerationStarted(
          model: self.model.id,
          seed: request.sampling.seed ?? .random(in: .min ... .max),
          promptTokens: promptTokens,
          cachedTokens: 0,
          queueTime: .zero
        ),
        script: readers == nil ? self.script : self.script.once,
        buffer: EventBuffer(capacity: self.bufferCapacity, onReaderChange: onReaderChange),
        arrival: .now
      )
    }
  }

  /// What reads the answers to a conversation; nil when there is nothing to read but text.
  private func answerReaders(
    _ request: GenerationRequest
  ) -> (@Sendable () -> any AnswerReader)? {
    guard self.script.hasMarks, case .conversation(let conversation) = request.input else {
      return nil
    }
    let promptSize = request.echo ? request.input.text.utf8.count : 0
    return { ScriptedAnswerReader(conversation, promptSize: promptSize) }
  }

  /// Counts the words of the input.
  public func countTokens(
    _ input: GenerationInput,
    requester: Requester
  ) async throws(GenerationError) -> Int {
    let count = Script.words(of: input.text).count
    if count == 0 { throw .emptyPrompt }
    return count
  }

  /// The number of sequences that have not ended, including those that wait to start.
  public var activeSequences: Int { self.inbox.activeSequences }

  /// Returns when no sequence is active.
  public func waitUntilIdle() async { await self.inbox.waitUntilIdle() }

  /// Generates until the calling task is cancelled.
  public func run() async {
    if self.pace == .zero {
      var loop = ScriptedLoop(self.inbox, pace: .zero, tokensPerStep: self.bufferCapacity)
      await loop.run()
    } else {
      await ScriptedThread().run(ScriptedLoop(self.inbox, pace: self.pace, tokensPerStep: 1))
    }
  }
}
