internal import Generation
internal import Identifiers
internal import NIOHTTP1

/// A request of HTTP to a server of a model.
struct UpstreamRequest: Sendable {
  /// What follows the base URL, or the address of the server.
  var path: String
  /// Whether the path is not that of an API, but the server's own.
  var isOfServer = false
  var headers: HTTPHeaders
  var body: [UInt8]

  /// A request for texts.
  ///
  /// - Parameter memory: has what the model thought before calls of tools.
  /// - Throws: for a request that cannot be put into the server's words.
  init(
    _ request: GenerationRequest,
    of model: UpstreamModel,
    _ quirks: UpstreamQuirks,
    _ memory: ThoughtMemory
  ) throws(GenerationError) {
    let isCompletion = request.isCompletion(of: model)
    self.path = model.path(isCompletion ? "completions" : "chat/completions")
    self.headers = model.headers
    self.headers.add(name: "content-type", value: "application/json")
    self.headers.add(name: "accept", value: "text/event-stream")
    if model.kind == .anthropic {
      self.path = model.path("messages")
      self.body = try AnthropicBody(request, of: model, quirks, memory).bytes
    } else if isCompletion {
      self.body = try OpenAICompletionBody(request, of: model, quirks).bytes
    } else {
      self.body = try OpenAIChatBody(request, of: model, quirks).bytes
    }
  }
}

extension UpstreamReplica {
  /// Where it takes a request.
  func url(_ request: UpstreamRequest) -> String {
    let version = "/v1".utf8
    let base = self.baseURL.utf8
    let hasVersion = base.suffix(version.count).elementsEqual(version)
    let server = base.dropLast(request.isOfServer && hasVersion ? version.count : 0)
    return String(decoding: server, as: UTF8.self) + request.path
  }
}

extension UpstreamModel {
  /// What follows the base URL, for an operation such as "chat/completions".
  func path(_ operation: String) -> String {
    switch self.kind {
    case .azure:
      "/openai/deployments/\(self.name.escapedForPath)/\(operation)?api-version=\(self.apiVersion ?? "")"
    default: "/\(operation)"
    }
  }

  /// What follows the base URL, for the list of the server's models; of Anthropic, whose list comes in
  /// pages and without other names of a model, for the model itself.
  var modelsPath: String {
    switch self.kind {
    case .azure: "/openai/models?api-version=\(self.apiVersion ?? "")"
    case .anthropic: "/models/\(self.name.escapedForPath)"
    default: "/models"
    }
  }

  /// The headers of all requests, with the key.
  var headers: HTTPHeaders {
    var headers: HTTPHeaders = ["user-agent": "tokenwire"]
    if self.kind == .anthropic { headers.add(name: "anthropic-version", value: "2023-06-01") }
    guard let key = self.key?.secret.text else { return headers }
    switch self.kind {
    case .anthropic: headers.add(name: "x-api-key", value: key)
    case .azure: headers.add(name: "api-key", value: key)
    default: headers.add(name: "authorization", value: "Bearer \(key)")
    }
    return headers
  }
}

extension String {
  /// The text as one segment of a path (RFC 3986 section 3.3).
  fileprivate var escapedForPath: String {
    self.utf8.reduce(into: "") { text, byte in
      switch byte {
      case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "A") ... UInt8(ascii: "Z"),
        UInt8(ascii: "0") ... UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        text += "%\(byte.hexDigits)"
      }
    }
  }
}

extension UInt8 {
  /// Two digits in base 16.
  var hexDigits: String {
    let digits = String(self, radix: 16)
    return self < 16 ? "0\(digits)" : digits
  }
}

/// What was learned of a model's servers from their refusals.
struct UpstreamQuirks: Sendable, Hashable {
  /// Whether they take `stream_options`.
  var takesStreamOptions = true
  /// The name of the limit of tokens.
  var lengthField: LengthField
  /// Whether a call has learned that name; not of what is kept for all.
  private var hasLearnedLength = false
  /// Whether Anthropic's model can decide how much it thinks.
  var thinksAdaptively = true
  /// Whether it can be told how many tokens it may think.
  var takesThinkingBudget = true
  /// Whether it knows efforts.
  var takesEffort = true

  /// The name of the limit of tokens.
  enum LengthField: String, Sendable, Hashable {
    case maxTokens = "max_tokens"
    case maxCompletionTokens = "max_completion_tokens"
  }

  init(_ kind: UpstreamKind) {
    self.lengthField = kind == .openai ? .maxCompletionTokens : .maxTokens
  }

  /// Takes what a call has learned.
  mutating func add(_ other: UpstreamQuirks) {
    if other.hasLearnedLength { self.lengthField = other.lengthField }
    self.takesStreamOptions = self.takesStreamOptions && other.takesStreamOptions
    self.thinksAdaptively = self.thinksAdaptively && other.thinksAdaptively
    self.takesThinkingBudget = self.takesThinkingBudget && other.takesThinkingBudget
    self.takesEffort = self.takesEffort && other.takesEffort
  }

  /// Learns from a refusal.
  ///
  /// - Returns: whether the same request may succeed now.
  mutating func learn(from error: GenerationError) -> Bool {
    guard error.code == .invalidRequest else { return false }
    // A caller's words may be in the message, too: what is learned is kept only if it helps.
    let namesOptions = error.message.contains("stream_options")  // compares words of ours
    let namesLength = error.message.contains("max_completion_tokens")  // compares words of ours
    if self.takesStreamOptions, namesOptions {
      self.takesStreamOptions = false
      return true
    }
    if namesLength {
      self.lengthField = self.lengthField == .maxTokens ? .maxCompletionTokens : .maxTokens
      self.hasLearnedLength = true
      return true
    }
    return self.learnToThink(from: error.message)
  }

  /// Learns from Anthropic, whose models are asked to think in two ways, of which most know one.
  private mutating func learnToThink(from message: String) -> Bool {
    let namesAdaptive = message.contains("adaptive")  // compares words of ours
    let namesBudget = message.contains("enabled")  // compares words of ours
    let namesEffort = message.contains("effort")  // compares words of ours
    // A model that knows the newer way alone recommends it.
    if namesAdaptive, namesBudget, self.takesThinkingBudget {
      self.takesThinkingBudget = false
      return true
    }
    if namesAdaptive, self.thinksAdaptively {
      self.thinksAdaptively = false
      return true
    }
    if namesEffort, self.takesEffort {
      self.takesEffort = false
      return true
    }
    return false
  }
}
