internal import Generation
internal import Identifiers
internal import JSON

/// What a server tells of the tokens of an input.
struct ToldTokens: Sendable {
  /// What vLLM says.
  private var count: Int32?
  /// What Anthropic says.
  private var inputTokens: Int32?
  private var tokens: [Int32]?

  /// - Throws: `malformedTokens` for a body that is not JSON, or has other types.
  init(_ body: [UInt8]) throws(UpstreamFailure) {
    do throws(JSONError) {
      var json = JSONReader(body, limits: .answer)
      try json.beginObject()
      while let name = try json.nextName() {
        switch name {
        case "count": self.count = try json.token()
        case "input_tokens": self.inputTokens = try json.token()
        case "tokens": self.tokens = try json.tokens()
        default: try json.skip()
        }
      }
      try json.end()
    } catch {
      throw .unreadable(error)
    }
  }

  /// The number of tokens.
  ///
  /// - Parameter request: what was asked.
  /// - Throws: `malformedTokens` when there is none, or one that cannot be right.
  func count(_ form: TokenForm, _ request: UpstreamRequest) throws(UpstreamFailure) -> Int {
    let count: Int32
    switch form {
    case .anthropic:
      guard let inputTokens else { throw .untold("number of tokens") }
      count = inputTokens
    case .tokenwire where self.tokens == []:
      guard let told = self.count else { throw .untold("number of tokens") }
      count = told
    case .vllm, .tokenwire, .sglang, .llamaServer: return try self.list(form).count
    }
    if count == 0 { throw .noTokens }
    // A number that is nonsense must not use up the caller's quota.
    if count > request.body.count + Self.longestTemplate {
      throw .malformedTokens("counts \(count) tokens in a request of \(request.body.count) bytes")
    }
    return Int(count)
  }

  /// How many tokens a template may have besides what it is given.
  private static let longestTemplate = 1 << 16

  /// The tokens.
  ///
  /// - Throws: `malformedTokens` when there are none, or not as many as is said.
  func list(_ form: TokenForm) throws(UpstreamFailure) -> [Int32] {
    guard let tokens = self.tokens else { throw .untold("tokens") }
    if form != .llamaServer {
      guard let count = self.count else { throw .untold("number of tokens") }
      guard count == tokens.count else {
        throw .malformedTokens("counts \(count) tokens, and has \(tokens.count)")
      }
    }
    // llama-server tells none when it was asked as others are.
    if tokens.isEmpty { throw .noTokens }
    return tokens
  }
}

/// Reads the text that a server tells.
///
/// - Parameter name: the member with it.
/// - Throws: `malformedTokens` for a body that has none.
func toldText(_ name: JSONName, in body: [UInt8]) throws(UpstreamFailure) -> String {
  var text: String?
  do throws(JSONError) {
    var json = JSONReader(body, limits: .answer)
    try json.beginObject()
    while let member = try json.nextName() {
      if member == name { text = try json.string() } else { try json.skip() }
    }
    try json.end()
  } catch {
    throw .unreadable(error)
  }
  guard let text else { throw .untold(name.text) }
  return text
}

extension JSONReader {
  /// Reads a token, or a number of tokens.
  fileprivate mutating func token() throws(JSONError) -> Int32 {
    let place = try self.skippedValue()
    let text = String(decoding: self.bytes[place], as: UTF8.self)
    guard let token = Int32(text), token >= 0 else { throw .wrongType(at: place.lowerBound) }
    return token
  }

  fileprivate mutating func tokens() throws(JSONError) -> [Int32] {
    var tokens: [Int32] = []
    try self.beginArray()
    while try self.nextElement() { tokens.append(try self.token()) }
    return tokens
  }
}

extension UpstreamFailure {
  fileprivate static func unreadable(_ error: JSONError) -> UpstreamFailure {
    .malformedTokens("cannot be read: \(error)")
  }

  fileprivate static func untold(_ what: String) -> UpstreamFailure {
    .malformedTokens("has no \(what)")
  }

  fileprivate static let noTokens = UpstreamFailure.malformedTokens("has no tokens")
}
