import ArgumentParser
import RPC
import Synchronization
import TokenwireAPI
import TokenwireClient
import UnixSignals

struct ChatCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract: "Have a conversation with a model.",
    discussion: """
      Each line is a message; one that ends with a backslash continues in the next. The model knows \
      the whole conversation. Ctrl-C ends an answer, Ctrl-D the chat; /help lists more. Without a \
      terminal, each line of standard input is answered on standard output.
      """
  )

  @Option(help: "The model to use. (default: the server's)")
  var model: String?

  @Option(help: "A message that tells the model how to answer.")
  var system: String?

  @Option(help: "The most tokens of an answer.")
  var maxTokens: Int32 = 512

  @OptionGroup(title: "Server options")
  var call: CallFlags

  @OptionGroup(title: "Sampling options")
  var sampling: SamplingFlags

  func run() async throws {
    let input = try LineInput(prompt: "> ")
    let answering = Answering()
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    try await withThrowingTaskGroup { group in
      group.addTask {
        for await signal in signals {
          switch signal {
          case .sigint where answering.end(): break
          case .sigint where input.isTerminal: input.interrupt()
          default:
            // Exits at once, because nothing can end the wait for a line.
            input.restoreTerminal()
            StandardOutput.writeNote("\n")
            StandardOutput.end(with: signal == .sigint ? 130 : 143)
          }
        }
      }
      try await self.chat(input, answering)
      group.cancelAll()
    }
  }

  private func chat(_ input: LineInput, _ answering: Answering) async throws {
    var conversation = Conversation(system: self.system)
    // Connects once first, so that a missing server is reported before the user types.
    try await self.call.withClient { (_, _) throws(CallError) in }
    if input.isTerminal { StandardOutput.writeNote("Ctrl-D ends the chat, /help lists more.\n") }
    while let line = await input.next() {
      do {
        if let command = ChatLine(line) {
          guard try command.run(on: &conversation) else { return }
        } else if line.contains(where: { !$0.isWhitespace }) {
          try await self.answer(line, in: &conversation, answering)
        }
      } catch let error as CommandFailure where input.isTerminal {
        StandardOutput.writeNote("Error: \(error)\n")
      }
    }
    if input.isTerminal { StandardOutput.writeNote("\n") }
  }

  private func answer(
    _ line: String,
    in conversation: inout Conversation,
    _ answering: Answering
  ) async throws {
    let user = ChatMessage(role: "user", content: line)
    let request = GenerateRequest(
      model: self.model ?? "",
      input: .messages(ChatMessages(messages: conversation.messages + [user])),
      sampling: self.sampling.options,
      maxTokens: self.maxTokens
    )
    let answer = try await answering.run { try await self.print(request, answering) }
    // An interrupted answer is part of the conversation, too.
    if let answer, !answer.content.isEmpty || !answer.reasoningText.isEmpty {
      conversation.turns += [user, answer]
    }
  }

  /// Prints an answer as it arrives, and what the model thinks before it if that can be told apart.
  ///
  /// - Returns: the answer, or what has arrived of it when it is ended.
  private func print(
    _ request: GenerateRequest,
    _ answering: Answering
  ) async throws -> ChatMessage {
    let answer = Mutex(ChatMessage(role: "assistant"))
    do {
      try await self.call.withClient { (client, options) throws(CallError) in
        for try await response in try await client.generate(request, options: options) {
          switch response.event {
          case .delta(let delta):
            let endsThought = answer.withLock { answer in
              let isFirst = answer.content.isEmpty && !delta.text.isEmpty
              answer.reasoningText += delta.reasoningText
              answer.content += delta.text
              return isFirst && !answer.reasoningText.isEmpty
            }
            if StandardOutput.isTerminal && !delta.reasoningText.isEmpty {
              let thought = OutputPart.text(delta.reasoningText)
              StandardOutput.write([.sequence(.dim), thought, .sequence(.plain)])
            }
            if StandardOutput.isTerminal && endsThought { StandardOutput.write("\n") }
            StandardOutput.write(delta.text)
          case .finished(let finished) where finished.finishReason == .length:
            StandardOutput.writeNote("\n[ended after \(self.maxTokens) tokens: --max-tokens]")
          default: break
          }
        }
      }
    } catch {
      StandardOutput.write("\n")
      guard Task.isCancelled else { throw error }
      return answer.withLock { $0 }
    }
    StandardOutput.write("\n")
    return answer.withLock { $0 }
  }
}

/// The current answer, which Ctrl-C ends.
private final class Answering: Sendable {
  private let ending = Mutex<AsyncStream<Never>.Continuation?>(nil)

  /// - Returns: false if there is none.
  func end() -> Bool {
    self.ending.withLock { ending in
      ending?.finish()
      return ending != nil
    }
  }

  /// Runs `body`, which is cancelled by `end`.
  ///
  /// - Returns: nil when it is ended before `body` has anything.
  func run(
    _ body: @escaping @Sendable () async throws -> ChatMessage
  ) async throws -> ChatMessage? {
    let (ended, ending) = AsyncStream.makeStream(of: Never.self)
    self.ending.withLock { $0 = ending }
    defer { self.ending.withLock { $0 = nil } }
    return try await withThrowingTaskGroup(of: ChatMessage?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        for await _ in ended {}
        return nil
      }
      defer { group.cancelAll() }
      while let answer = try await group.next() {
        if let answer { return answer }
        group.cancelAll()
      }
      return nil
    }
  }
}
