internal import Identifiers
internal import JSON

/// A block of what a model of Anthropic thought. It is taken back unchanged, with its signature
/// (https://platform.claude.com/docs/en/build-with-claude/thinking).
enum SignedThought: Sendable {
  case readable(String, signature: String)
  /// One that Anthropic alone can read.
  case redacted(String)

  /// In bytes, about.
  var size: Int {
    switch self {
    case .readable(let text, let signature): text.utf8.count + signature.utf8.count
    case .redacted(let data): data.utf8.count
    }
  }

  /// Writes it as a block of a message.
  func write(to json: inout JSONWriter) {
    json.beginElement()
    json.beginObject()
    switch self {
    case .readable(let text, let signature):
      json.member("type", "thinking")
      json.member("thinking", text)
      json.member("signature", signature)
    case .redacted(let data):
      json.member("type", "redacted_thinking")
      json.member("data", data)
    }
    json.end()
  }
}

/// Puts the blocks of an answer together, which come in pieces.
struct ThoughtAssembly: Sendable {
  private struct Block {
    /// The one that the events have.
    let number: Int
    var text = ""
    var signature = ""
    /// Of a redacted block.
    var data: String?

    /// Nil without a signature.
    var thought: SignedThought? {
      if let data = self.data { return .redacted(data) }
      return self.signature.isEmpty ? nil : .readable(self.text, signature: self.signature)
    }
  }

  /// Longer thoughts are not kept.
  private static let maximumSize = 1 << 20

  private var blocks: [Block] = []
  private var size = 0

  /// The blocks so far; nil when one is without a signature, or they are too long.
  var thoughts: [SignedThought]? {
    if self.size > Self.maximumSize { return nil }
    let thoughts = self.blocks.compactMap(\.thought)
    return thoughts.count == self.blocks.count ? thoughts : nil
  }

  /// Takes the beginning of a block of thoughts, or its next piece; others say nothing here.
  mutating func take(_ event: AnthropicEvent) {
    switch event.blockType {
    case "thinking": self.blocks.append(Block(number: event.index))
    case "redacted_thinking":
      self.blocks.append(Block(number: event.index, data: event.redactedThinking))
    case "thinking_delta", "signature_delta": break
    default: return
    }
    self.size +=
      event.thinking.utf8.count + event.signature.utf8.count + event.redactedThinking.utf8.count
    guard self.size <= Self.maximumSize, let last = self.blocks.indices.last,
      self.blocks[last].number == event.index
    else { return }
    self.blocks[last].text += event.thinking
    self.blocks[last].signature += event.signature
  }
}
