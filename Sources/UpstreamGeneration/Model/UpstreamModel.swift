public import Generation
public import Identifiers

/// A model that other servers have.
public struct UpstreamModel: Sendable, Hashable {
  /// Its name here.
  public var id: Identifier
  /// How its servers are asked.
  public var kind: UpstreamKind
  /// Its name there.
  @Bytewise public var name: String
  /// The servers, at least one, with different names. All have the same model.
  public var replicas: [UpstreamReplica]
  /// What the servers demand; nil sends none.
  public var key: APIKey?
  /// The value of `api-version`; for Azure alone.
  @Bytewise public var apiVersion: String?
  /// The authorities of the servers' certificates, a PEM file; nil are those of the system.
  @Bytewise public var authorities: String?
  /// How a prompt without messages is sent.
  public var promptForm: PromptForm
  /// What is sent where a request does not say it.
  public var defaults: UpstreamDefaults
  /// The most tokens of a prompt and its text; nil when that is not known.
  public var contextLength: Int?
  /// How long its servers may take, and how much they are asked at once.
  public var limits: UpstreamLimits
  /// What its tokens cost; nil when that is not known.
  public var prices: TokenPrices?
  /// The model that answers when none of the servers can; nil for none.
  public var fallback: Identifier?

  /// How a prompt without messages is sent.
  public enum PromptForm: String, Sendable, Hashable, CaseIterable {
    /// As the beginning of a text, to `/completions`.
    case completion
    /// As the one message of a conversation.
    case message
  }

  /// Creates a model with the limits of its kind.
  public init(
    _ id: Identifier,
    kind: UpstreamKind,
    name: String? = nil,
    replicas: [UpstreamReplica],
    key: APIKey? = nil,
    apiVersion: String? = nil,
    authorities: String? = nil,
    promptForm: PromptForm? = nil,
    defaults: UpstreamDefaults = UpstreamDefaults(),
    contextLength: Int? = nil,
    limits: UpstreamLimits = UpstreamLimits(),
    prices: TokenPrices? = nil,
    fallback: Identifier? = nil
  ) {
    self.id = id
    self.kind = kind
    self.name = name ?? id.text
    self.replicas = replicas
    self.key = key
    self.apiVersion = apiVersion
    self.authorities = authorities
    self.promptForm = promptForm ?? (kind.features.contains(.completions) ? .completion : .message)
    self.defaults = defaults
    self.contextLength = contextLength
    self.limits = limits
    self.prices = prices
    self.fallback = fallback
  }
}

/// One of the servers of a model.
public struct UpstreamReplica: Sendable, Hashable {
  /// Its name in answers and in the log.
  public var name: Identifier
  /// Where its API begins, such as "https://api.openai.com/v1", without a slash at the end.
  @Bytewise public var baseURL: String

  /// Creates a server.
  public init(name: Identifier, baseURL: String) {
    self.name = name
    self.baseURL = baseURL
  }
}

/// What is sent where a request does not say it; nil leaves it to the server.
public struct UpstreamDefaults: Sendable, Hashable {
  /// As `SamplingOptions.temperature`.
  public var temperature: Float?
  /// As `SamplingOptions.topP`.
  public var topP: Float?
  /// As `SamplingOptions.topK`.
  public var topK: Int?
  /// The limit of a text whose request has none.
  public var maxTokens: Int?

  /// Creates defaults; by default, the server's own.
  public init(
    temperature: Float? = nil,
    topP: Float? = nil,
    topK: Int? = nil,
    maxTokens: Int? = nil
  ) {
    self.temperature = temperature
    self.topP = topP
    self.topK = topK
    self.maxTokens = maxTokens
  }
}

/// How long servers may take, and how much they are asked at once.
public struct UpstreamLimits: Sendable, Hashable {
  /// For a new connection.
  public var connectTimeout: Duration
  /// From the request to the first byte of the answer, and between two of its pieces.
  public var silenceTimeout: Duration
  /// The most calls of a server at once; others wait. With more than `streamsOfConnection`, HTTP/2 is
  /// not spoken.
  public var concurrentCalls: Int
  /// How many calls may wait.
  public var maximumQueue: Int
  /// A server that knows the beginning of a prompt is preferred while it has at most this many
  /// times the calls of the least busy one. At least 1.
  public var affinityFactor: Double
  /// When there is no first token for so long, a second server is asked, too; nil never does.
  public var hedgeAfter: Duration?
  /// How often servers that have failed are asked whether they are back.
  public var checkInterval: Duration

  /// How many calls a server is sure to take on one connection of HTTP/2: RFC 9113, section 6.5.2,
  /// recommends no smaller limit.
  public static let streamsOfConnection = 100

  /// Creates limits.
  public init(
    connectTimeout: Duration = .seconds(5),
    silenceTimeout: Duration = .seconds(120),
    concurrentCalls: Int = 256,
    maximumQueue: Int = 1024,
    affinityFactor: Double = 1.5,
    hedgeAfter: Duration? = nil,
    checkInterval: Duration = .seconds(5)
  ) {
    self.connectTimeout = connectTimeout
    self.silenceTimeout = silenceTimeout
    self.concurrentCalls = concurrentCalls
    self.maximumQueue = maximumQueue
    self.affinityFactor = affinityFactor
    self.hedgeAfter = hedgeAfter
    self.checkInterval = checkInterval
  }
}
