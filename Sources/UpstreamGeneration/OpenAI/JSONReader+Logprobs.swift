internal import Generation
internal import Identifiers
internal import JSON

extension JSONReader {
  /// Reads the probabilities of tokens: those of chats, `content`, or those of completions, arrays
  /// beside each other.
  mutating func logprobs() throws(JSONError) -> [TokenLogprobs] {
    var chat: [TokenLogprobs] = []
    var tokens: [String] = []
    var logprobs: [Float] = []
    var tops: [[Logprob]] = []
    try self.beginObject()
    while let name = try self.nextName() {
      guard try self.isArrayNext() else {
        try self.skip()
        continue
      }
      switch name {
      case "content": try self.elements { json throws(JSONError) in chat.append(try json.token()) }
      case "tokens":
        try self.elements { json throws(JSONError) in
          tokens.append(try json.optionalString() ?? "")
        }
      case "token_logprobs":
        try self.elements { json throws(JSONError) in
          logprobs.append(try json.logprob() ?? Logprob.lowest)
        }
      case "top_logprobs":
        try self.elements { json throws(JSONError) in tops.append(try json.alternatives()) }
      default: try self.skip()
      }
    }
    if !chat.isEmpty { return chat }
    return zip(tokens, logprobs).enumerated().map { index, pair in
      TokenLogprobs(
        chosen: Logprob(text: pair.0, logprob: pair.1),
        top: tops.indices.contains(index) ? tops[index] : []
      )
    }
  }

  private mutating func elements(
    _ read: (inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    try self.beginArray()
    while try self.nextElement() { try read(&self) }
  }

  /// What is no number, as of a first token, is nil.
  private mutating func logprob() throws(JSONError) -> Float? {
    guard try self.nextType() == .number else {
      try self.skip()
      return nil
    }
    return Float(min(max(try self.number(), Double(Logprob.lowest)), 0))
  }

  /// A token of a chat, with its alternatives.
  private mutating func token() throws(JSONError) -> TokenLogprobs {
    try self.tokenWithProbability().token
  }

  /// The same; an alternative without a probability is none.
  private mutating func tokenWithProbability() throws(JSONError) -> (
    token: TokenLogprobs, isTold: Bool
  ) {
    var chosen = Logprob(text: "", logprob: Logprob.lowest)
    var isTold = false
    var top: [Logprob] = []
    try self.beginObject()
    while let name = try self.nextName() {
      switch name {
      case "token": chosen.fill(text: try self.optionalString() ?? "")
      case "logprob":
        let logprob = try self.logprob()
        isTold = logprob != nil
        chosen.logprob = logprob ?? Logprob.lowest
      case "bytes" where try self.isArrayNext(): chosen.token = try self.byteArray()
      case "top_logprobs" where try self.isArrayNext():
        try self.elements { json throws(JSONError) in
          let alternative = try json.tokenWithProbability()
          if alternative.isTold { top.append(alternative.token.chosen) }
        }
      default: try self.skip()
      }
    }
    return (TokenLogprobs(chosen: chosen, top: top), isTold)
  }

  private mutating func byteArray() throws(JSONError) -> [UInt8] {
    var bytes: [UInt8] = []
    try self.elements { json throws(JSONError) in
      bytes.append(UInt8(clamping: try json.count() ?? 0))
    }
    return bytes
  }

  /// The alternatives of a token of a completion, by their texts; likeliest first.
  private mutating func alternatives() throws(JSONError) -> [Logprob] {
    guard try self.nextType() == .object else {
      try self.skip()
      return []
    }
    var top: [Logprob] = []
    try self.beginObject()
    while let name = try self.nextName() {
      guard let logprob = try self.logprob() else { continue }
      top.append(Logprob(text: name.text, logprob: logprob))
    }
    return top.sorted { $0.logprob > $1.logprob }
  }
}

extension Logprob {
  /// What stands for the id of a token of a vocabulary that is not known here.
  private static let unknownID: Int32 = -1
  /// What stands for a probability of 0 or one that is not known, as in vLLM: JSON has no infinity.
  fileprivate static let lowest: Float = -9999

  fileprivate init(text: String, logprob: Float) {
    self.init(tokenID: Self.unknownID, token: Array(text.utf8), logprob: logprob)
  }

  /// Takes the text, unless the bytes are known.
  fileprivate mutating func fill(text: String) {
    if self.token.isEmpty { self.token = Array(text.utf8) }
  }
}
