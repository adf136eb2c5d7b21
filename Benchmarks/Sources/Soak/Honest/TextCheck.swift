import TokenwireAPI

/// Reads one answer of the scripted generator, and sees that nothing is missing, twice or out of
/// order.
struct TextCheck {
  private let tokens: Int32
  private(set) var messages: UInt64 = 0
  private var text = ""
  private var tokenCount: Int32 = 0
  private var finished: Finished?

  init(tokens: Int32) {
    self.tokens = tokens
  }

  var isEmpty: Bool { self.messages == 0 }

  mutating func take(_ response: GenerateResponse) throws {
    guard response.seq == self.messages else {
      throw Failure("message \(self.messages) has the number \(response.seq)")
    }
    guard self.finished == nil else { throw Failure("a message follows the last one") }
    switch response.event {
    case .started where self.isEmpty: break
    case .delta(let delta):
      self.text += delta.text
      self.tokenCount += Int32(delta.tokenIDs.count)
    case .finished(let finished): self.finished = finished
    default: throw Failure("message \(self.messages) is \(response)")
    }
    guard response.completionTokens == self.tokenCount else {
      throw Failure("\(response.completionTokens) tokens are told, \(self.tokenCount) came")
    }
    self.messages += 1
  }

  func finish() throws {
    guard let finished else { throw Failure("a text has no end") }
    guard finished.finishReason == .length, self.tokenCount == self.tokens,
      finished.usage?.completionTokens == self.tokens
    else { throw Failure("\(self.tokenCount) of \(self.tokens) tokens came: \(finished)") }
    let count = self.text.count / ServerProcess.text.count + 1
    guard String(repeating: ServerProcess.text, count: count).hasPrefix(self.text) else {
      throw Failure("a text is not what the generator says: \(self.text.prefix(200))")
    }
  }
}
