internal import Identifiers
internal import NIOCore
internal import TokenwireAPI

/// The probabilities of tokens as completions have them: four arrays beside each other.
struct LegacyLogprobs: Sendable {
  private var tokens = ByteBuffer()
  private var logprobs = ByteBuffer()
  private var tops = ByteBuffer()
  private var offsets = ByteBuffer()
  /// Where the next token begins in the text, in Unicode code points, as Python counts.
  private var offset = 0
  /// Whether the text has a token beyond the prompt.
  private var hasGenerated = false

  /// Whether there are none since the last writing.
  var isEmpty: Bool { self.tokens.readableBytes == 0 }

  /// Appends those of a stretch of the prompt, whose first token has none.
  mutating func append(_ prompt: PromptLogprobs) {
    for (index, token) in prompt.logprobs.enumerated() {
      self.append(token, hasLogprob: prompt.offset > 0 || index > 0)
    }
  }

  /// Appends those of generated tokens.
  mutating func append(_ tokens: [TokenLogprobs]) {
    for token in tokens { self.append(token, hasLogprob: true) }
    if !tokens.isEmpty { self.hasGenerated = true }
  }

  /// Appends the end of a text that has no token, because the model's first one was its end: a token
  /// without text, whose probability is not told.
  ///
  /// Evaluations ask for an echoed prompt and one token more, and drop the last entry. Without this one
  /// they would drop the prompt's last token.
  mutating func appendEnd() {
    guard !self.hasGenerated else { return }
    self.append(TokenLogprobs(), hasLogprob: false)
    self.hasGenerated = true
  }

  private mutating func append(_ token: TokenLogprobs, hasLogprob: Bool) {
    let chosen = token.chosen ?? Logprob()
    if !self.isEmpty {
      self.tokens.writeStaticString(",")
      self.logprobs.writeStaticString(",")
      self.tops.writeStaticString(",")
      self.offsets.writeStaticString(",")
    }
    self.tokens.writeJSON(chosen.legacyText)
    self.offsets.writeJSON(self.offset)
    if hasLogprob {
      self.logprobs.writeJSON(logprob: chosen.logprob)
      self.appendTop(of: token, chosen)
    } else {
      self.logprobs.writeStaticString("null")
      self.tops.writeStaticString("null")
    }
    // All bytes of a character but its first are of the form 10xxxxxx.
    self.offset += chosen.token.readableBytesView.count { $0 & 0xC0 != 0x80 }
  }

  /// The chosen token is among them, as in OpenAI's API. No text comes twice: the likeliest counts.
  private mutating func appendTop(of token: TokenLogprobs, _ chosen: Logprob) {
    var texts: Set<Identifier> = []
    self.tops.writeStaticString("{")
    for logprob in token.top + [chosen] {
      let text = logprob.legacyText
      let isFirst = texts.isEmpty
      guard texts.insert(Identifier(text)).inserted else { continue }
      if !isFirst { self.tops.writeStaticString(",") }
      self.tops.writeJSON(text)
      self.tops.writeStaticString(":")
      self.tops.writeJSON(logprob: logprob.logprob)
    }
    self.tops.writeStaticString("}")
  }

  /// Writes what has been appended, and forgets it.
  mutating func take(to body: inout ByteBuffer) {
    body.writeStaticString(#"{"tokens":["#)
    body.writeBuffer(&self.tokens)
    body.writeStaticString(#"],"token_logprobs":["#)
    body.writeBuffer(&self.logprobs)
    body.writeStaticString(#"],"top_logprobs":["#)
    body.writeBuffer(&self.tops)
    body.writeStaticString(#"],"text_offset":["#)
    body.writeBuffer(&self.offsets)
    body.writeStaticString("]}")
  }
}

extension Logprob {
  /// The token's text, or, if its bytes are not whole characters, these as OpenAI's API writes them:
  /// "bytes:\xe2\x80".
  fileprivate var legacyText: String {
    if let text = String(validating: self.token.readableBytesView, as: UTF8.self) { return text }
    return self.token.readableBytesView.reduce(into: "bytes:") { text, byte in
      text += byte < 0x10 ? #"\x0"# : #"\x"#
      text += String(byte, radix: 16)
    }
  }
}
