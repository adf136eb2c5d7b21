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
          // A first token has nothing before it that it could be likely after.
          let untold: Float = logprobs.isEmpty ? 0 : Self.unlikely
          logprobs.append(try json.logprob() ?? untold)
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

  /// What stands for a probability of 0, as in vLLM.
  private static let unlikely: Float = -9999

  /// Reads a logarithm; nil for null. What Python writes for those of 0, which is no JSON, is a very low
  /// number.
  private mutating func logprob() throws(JSONError) -> Float? {
    for word in ["-Infinity", "NaN", "Infinity"] as [StaticString] where try self.take(word) {
      return Self.unlikely
    }
    guard try self.nextType() == .number else {
      try self.skip()
      return nil
    }
    return max(Float(try self.number()), Self.unlikely)
  }

  /// A token of a chat, with its alternatives.
  private mutating func token() throws(JSONError) -> TokenLogprobs {
    var top: [Logprob] = []
    let (chosen, logprob) = try self.token { json throws(JSONError) in
      try json.elements { json throws(JSONError) in
        if let other = try json.alternative() { top.append(other) }
      }
    }
    return TokenLogprobs(chosen: chosen.likely(logprob ?? Self.unlikely), top: top)
  }

  /// An alternative of a token of a chat; nil when it is not told how likely it is.
  private mutating func alternative() throws(JSONError) -> Logprob? {
    let (token, logprob) = try self.token { json throws(JSONError) in try json.skip() }
    return logprob.map { token.likely($0) }
  }

  /// - Parameter readTop: reads its alternatives.
  private mutating func token(
    _ readTop: (inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) -> (token: Logprob, logprob: Float?) {
    var token = Logprob(text: "", logprob: 0)
    var logprob: Float?
    try self.beginObject()
    while let name = try self.nextName() {
      switch name {
      case "token": token.fill(text: try self.optionalString() ?? "")
      case "logprob": logprob = try self.logprob()
      case "bytes" where try self.isArrayNext(): token.token = try self.byteArray()
      case "top_logprobs" where try self.isArrayNext(): try readTop(&self)
      default: try self.skip()
      }
    }
    return (token, logprob)
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
      if let logprob = try self.logprob() { top.append(Logprob(text: name.text, logprob: logprob)) }
    }
    return top.sorted { $0.logprob > $1.logprob }
  }
}

extension Logprob {
  /// What stands for the id of a token of a vocabulary that is not known here.
  private static let unknownID: Int32 = -1

  fileprivate init(text: String, logprob: Float) {
    self.init(tokenID: Self.unknownID, token: Array(text.utf8), logprob: logprob)
  }

  /// The same token with another probability.
  fileprivate func likely(_ logprob: Float) -> Logprob {
    var token = self
    token.logprob = logprob
    return token
  }

  /// Takes the text, unless the bytes are known.
  fileprivate mutating func fill(text: String) {
    if self.token.isEmpty { self.token = Array(text.utf8) }
  }
}
