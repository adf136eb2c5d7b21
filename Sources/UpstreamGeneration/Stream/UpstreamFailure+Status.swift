internal import Generation
internal import Identifiers
internal import JSON
internal import NIOHTTP1

extension UpstreamFailure {
  /// What a status that is not 200 means to the caller.
  ///
  /// - Parameters:
  ///   - body: what the server says, as far as it was read.
  ///   - key: is never part of what callers get.
  init(
    _ status: HTTPResponseStatus,
    _ headers: HTTPHeaders,
    body: [UInt8],
    key: APIKey?
  ) {
    let words = UpstreamWords(body, without: key)
    self.init(
      status: Int(status.code),
      said: words.text.isEmpty ? "" : ": \(words.text)",
      isAboutContext: words.areAboutContext,
      retryAfter: RetryAfter(headers)?.duration
    )
    // Another Tokenwire, whose own server refuses its key: that is no fault of the request.
    if words.areOfPrecondition, status == .badRequest {
      self.error = GenerationError(.failedPrecondition, words.text)
      self.mayTryAnother = true
    }
  }

  /// What an error within an answer means, which has no status of its own.
  ///
  /// - Parameter types: its code and its type, such as "overloaded_error"; the first that is known tells.
  init(reported types: [Identifier], _ words: UpstreamWords) {
    self.init(
      status: types.lazy.compactMap { Self.status(of: $0) }.first ?? 500,
      said: words.text.isEmpty ? "" : ": \(words.text)",
      isAboutContext: words.areAboutContext,
      retryAfter: nil
    )
  }

  /// - Returns: nil for a type that is not known.
  private static func status(of type: Identifier) -> Int? {
    switch type {
    case "invalid_request_error", "BadRequestError", "context_length_exceeded",
      "exceed_context_size_error":
      400
    case "authentication_error": 401
    // As a status of 402, which has no other meaning.
    case "billing_error": 402
    case "permission_error": 403
    case "not_found_error", "NotFoundError": 404
    case "request_too_large": 413
    case "rate_limit_error", "rate_limit_exceeded", "insufficient_quota": 429
    case "timeout_error": 504
    case "overloaded_error": 529
    default: Int(type.text).flatMap { 400 ..< 600 ~= $0 ? $0 : nil }
    }
  }

  private init(
    status: Int,
    said: String,
    isAboutContext: Bool = false,
    retryAfter: Duration?
  ) {
    let (code, message): (GenerationError.Code, String) =
      switch status {
      case 400, 413, 422:
        (
          isAboutContext ? .contextLengthExceeded : .invalidRequest,
          "The model's server refuses the request\(said)"
        )
      // Without its words, which often have a part of the key.
      case 401, 403:
        (
          .failedPrecondition,
          "The model's server refuses this server's key (status \(status)): its operator must "
            + "give it a valid one"
        )
      case 404: (.modelNotFound, "The model's server does not have the model\(said)")
      case 408, 504: (.unavailable, "The model's server took too long (status \(status))")
      case 429: (.resourceExhausted, "The model's server is asked too much\(said)")
      case 300 ..< 400:
        (
          .failedPrecondition,
          "The model's server sends elsewhere (status \(status)), which is not followed: its "
            + "operator must give the address that it names"
        )
      case 400 ..< 500:
        (.failedPrecondition, "The model's server refuses the call (status \(status))\(said)")
      // Another Tokenwire has a model that does not know a field: that is the request's fault.
      case 501: (.unsupported, "The model's server does not do what is asked for\(said)")
      // Without its words, which may tell of what only its operator should know.
      default: (.unavailable, "The model's server fails (status \(status))")
      }
    let isBusy = code == .unavailable || code == .resourceExhausted
    self.error = GenerationError(
      code,
      message,
      retryAfter: isBusy ? retryAfter ?? .seconds(1) : nil
    )
    self.mayTryAnother = isBusy || code == .failedPrecondition || code == .modelNotFound
    // A request may be the reason of a 500: it must not close the model for others.
    self.isServersFault = code == .unavailable && status != 500
    self.status = status
    self.detail = message.utf8.suffix(said.utf8.count).elementsEqual(said.utf8) ? "" : said
  }
}

/// What a server says about an error, for callers: without secrets, on one line, and not long.
struct UpstreamWords {
  /// How much of a refusal is read, in bytes.
  static let maximumBody = 64 * 1024

  private static let maximumLength = 500

  let text: String
  /// Whether they say that the prompt is longer than the model's context.
  let areAboutContext: Bool
  /// Whether they are of a server that cannot do what is asked before its operator has done something.
  var areOfPrecondition = false

  /// - Parameter body: JSON with the words where OpenAI, Anthropic, Ollama and FastAPI have them, or any
  ///   text.
  init(_ body: [UInt8], without key: APIKey?) {
    let whole = String(decoding: body, as: UTF8.self)
    let limits = JSONLimits(depth: 32, members: 256)
    let value = try? JSONValue(bytes: body, limits: limits)
    let words = Self.cut(
      value.flatMap { Self.words(in: $0) } ?? (Self.isMarkup(whole) ? "" : whole)
    )
    self.text = Self.clean(words, without: key)
    let names = value.map { Self.names(in: $0) } ?? []
    self.areAboutContext =
      !names.isDisjoint(with: ["context_length_exceeded", "exceed_context_size_error"])
      || Self.tellsOfContext(words)
    self.areOfPrecondition = names.contains("failed_precondition")
  }

  /// - Parameter words: a message that was read from an answer.
  init(words: String, without key: APIKey?) {
    let words = Self.cut(words)
    self.text = Self.clean(words, without: key)
    self.areAboutContext = Self.tellsOfContext(words)
  }

  /// The codes and types of an error.
  private static func names(in value: JSONValue) -> Set<Identifier> {
    guard case .object(let members) = value else { return [] }
    return members.reduce(into: []) { names, member in
      switch (member.name, member.value) {
      case ("error", let error): names.formUnion(Self.names(in: error))
      case ("code", .string(let name)), ("type", .string(let name)): names.insert(name)
      default: break
      }
    }
  }

  /// Whether they are those of vLLM, Anthropic, SGLang or text-generation-inference for long prompts,
  /// which have no code of their own.
  private static func tellsOfContext(_ words: String) -> Bool {
    let words = words.utf8
    return words.starts(with: "prompt is too long".utf8)
      || [
        "maximum context length", "longer than the model's context length",
        "`inputs` must have less than",
      ]
      .contains { words.firstRange(of: $0.utf8) != nil }
  }

  private static func isMarkup(_ text: String) -> Bool {
    text.utf8.first { !($0 == 0x20 || 0x09 ... 0x0D ~= $0) } == UInt8(ascii: "<")
  }

  private static func words(in value: JSONValue) -> String? {
    switch value {
    case .string(let text): text.text
    case .object(let members):
      ["error", "message", "detail", "msg"].lazy.compactMap { name in
        members.first { $0.name == name }.flatMap { Self.words(in: $0.value) }
      }.first.map { words in
        // FastAPI's words are nothing without the field.
        members.first { $0.name == "loc" }.flatMap { Self.place($0.value) }
          .map { "\($0): \(words)" } ?? words
      }
    case .array(let elements):
      elements.isEmpty
        ? nil : elements.compactMap { Self.words(in: $0) }.joined(separator: "; ")
    default: nil
    }
  }

  /// Where a field is, such as ["body", "stream_options", "include_usage"].
  private static func place(_ value: JSONValue) -> String? {
    guard case .array(let steps) = value else { return nil }
    let names = steps.compactMap { step in
      switch step {
      case .string(let name): name.text
      case .number(let number): number
      default: nil
      }
    }
    return names.isEmpty ? nil : names.joined(separator: ".")
  }

  /// An error in a stream may be as long as an event.
  private static func cut(_ words: String) -> String {
    String(decoding: words.utf8.prefix(Self.maximumBody), as: UTF8.self)
  }

  private static func clean(_ words: String, without key: APIKey?) -> String {
    var words = words
    if let key { words.replace(key.secret.text, with: "(a key)") }
    let line = words.unicodeScalars.map { $0.value < 0x20 || 0x7F ... 0x9F ~= $0.value ? " " : $0 }
    // Beyond the limit, so that no secret is cut to what does not look like one.
    let beginning = String.UnicodeScalarView(line.prefix(2 * Self.maximumLength))
    let text = String(beginning).withoutSecrets.unicodeScalars
    let isWhole = line.count == beginning.count && text.count <= Self.maximumLength
    return String(String.UnicodeScalarView(text.prefix(Self.maximumLength)))
      + (isWhole ? "" : "...")
  }
}
