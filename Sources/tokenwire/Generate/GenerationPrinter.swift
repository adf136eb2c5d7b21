import Foundation
import Identifiers
import Protobuf
import TokenwireAPI

/// Prints a stream of responses: the text and then a line about it, or all responses as JSON.
/// Several texts are printed one after the other, each below a line with its number.
struct GenerationPrinter {
  private let asJSON: Bool
  /// The number of texts.
  private let textCount: Int32
  private let begin = ContinuousClock.now
  private var firstToken: ContinuousClock.Instant?
  private var texts = OrderedTexts()
  /// How many texts have begun.
  private var begunCount: Int32 = 0
  private var isInLine = false
  /// Whether a line of what the model thinks has begun on standard error.
  private var isInThought = false
  /// The calls of the text that is printed.
  private var calls = JoinedCalls()
  /// Why the last text ended, in words.
  private var ending = ""

  init(asJSON: Bool, textCount: Int32) {
    self.asJSON = asJSON
    self.textCount = textCount
  }

  mutating func print(_ response: GenerateResponse) {
    if self.firstToken == nil && response.completionTokens > 0 {
      self.firstToken = .now
    }
    if self.asJSON {
      StandardOutput.write(response.json(.command) + "\n", .json)
      return
    }
    guard let event = response.event else { return }
    for event in self.texts.add(event) { self.print(event) }
    if self.texts.current == self.textCount {
      let ending = self.textCount == 1 ? ", \(self.ending)" : ""
      StandardOutput.writeNote("[\(self.speed(of: response.completionTokens))\(ending)]\n")
    }
  }

  /// Begins a new line for an error after text. The text itself is not changed.
  func endLine() {
    if self.isInLine || self.isInThought { StandardOutput.writeNote("\n") }
  }

  private mutating func print(_ event: GenerateResponse.Event) {
    switch event {
    case .delta(let delta):
      self.beginText(delta.index)
      if !delta.reasoningText.isEmpty {
        StandardOutput.writeNote([.sequence(.dim), .text(delta.reasoningText), .sequence(.plain)])
        self.isInThought = true
      }
      if !delta.text.isEmpty {
        self.endThought()
        StandardOutput.write(delta.text)
        self.isInLine = true
      }
      self.calls.append(delta.toolCalls)
    case .finished(let finished):
      self.beginText(finished.index)
      self.endThought()
      // A text of calls alone has no line of its own.
      if self.isInLine || self.calls.isEmpty { StandardOutput.write("\n") }
      self.isInLine = false
      for call in self.calls.removeAll() {
        StandardOutput.write(call.json(.command) + "\n", .json)
      }
      self.ending = "ended by \(finished.finishReason.name)"
      if finished.incomplete { self.ending += ", incomplete" }
      if self.textCount > 1 {
        let count = finished.usage?.completionTokens ?? 0
        StandardOutput.writeNote("[\(Self.text(of: count)), \(self.ending)]\n")
      }
    case .progress(let progress):
      StandardOutput.writeNote(
        "[\(progress.processed) of \(progress.total) tokens of the prompt]\n"
      )
    case .started, .promptLogprobs:
      break
    }
  }

  private mutating func endThought() {
    if self.isInThought { StandardOutput.writeNote("\n") }
    self.isInThought = false
  }

  private mutating func beginText(_ index: Int32) {
    guard self.textCount > 1 && index == self.begunCount else { return }
    self.begunCount += 1
    StandardOutput.write("==> \(self.begunCount) of \(self.textCount) <==\n")
  }

  private func speed(of tokens: Int32) -> String {
    guard tokens > 0 else { return Self.text(of: tokens) }
    let now = ContinuousClock.now
    let firstToken = self.firstToken ?? now
    let wait = (firstToken - self.begin) / .milliseconds(1)
    let text = Self.text(of: tokens) + String(format: ", first after %.0f ms", wait)
    let later = Double(tokens - 1)
    let seconds = (now - firstToken) / .seconds(1)
    guard later > 0 && seconds > 0 else { return text }
    return text + String(format: ", %.1f tokens/s", later / seconds)
  }

  private static func text(of tokens: Int32) -> String {
    tokens == 1 ? "1 token" : "\(tokens) tokens"
  }
}

extension FinishReason {
  /// The name as the protocol writes it, without its prefix, such as "stop_sequence".
  fileprivate var name: String {
    let name = self == .unspecified ? nil : self.shortName
    return name?.lowercasedASCII.text ?? "reason \(self.rawValue)"
  }
}
