import HTTPTransport
import Listening
import LlamaGeneration
import Logging
import RPC
import TokenwireServer
import UpstreamGeneration

/// The configuration of a server.
struct ServerConfiguration: Hashable, Sendable {
  /// Where to listen; port 0 takes any free port.
  var listen: Endpoint
  /// Listens there already; nil: the server opens one.
  var socket: ListeningSocket?
  /// Nil listens without TLS.
  var tls: TLS?
  /// Nil speaks the native wire alone.
  var http: HTTP?
  var generator: Generator
  /// Nil without models elsewhere.
  var upstreams: Upstreams?
  var access: Access
  /// Nil keeps no log.
  var log: Log?
  var limits: CallLimits
  var connectionLimits: ConnectionLimits
  var timeouts: ConnectionTimeouts
  /// How long running calls may continue during the shutdown.
  var shutdownGracePeriod: Duration
  var logLevel: Logger.Level
  /// Whether the process logs a line for each call.
  var logsCalls: Bool
  /// Where metrics are served; nil serves none.
  var metricsListen: Endpoint?

  /// What generates the text.
  enum Generator: Hashable, Sendable {
    /// Language models with different names, run by libllama; the first is the default.
    case llama([LlamaConfiguration], ModelLoading)
    /// A given text, repeated, with this time between two tokens.
    case scripted(text: String, pace: Duration)
    /// The answers of a recorded server, at their original pace.
    case recording(path: String)
  }

  /// The models that other servers have.
  struct Upstreams: Hashable, Sendable {
    /// Where they come from.
    var file: String
    /// What the file has at the start.
    var models: [UpstreamModel]
  }

  /// The TLS files.
  struct TLS: Hashable, Sendable {
    var identity: TLSIdentity
    /// The path of the authorities whose clients may connect; nil allows every client.
    var clientCA: String?

    init(identity: TLSIdentity, clientCA: String? = nil) {
      self.identity = identity
      self.clientCA = clientCA
    }
  }

  /// What is said to clients of HTTP.
  struct HTTP: Hashable, Sendable {
    /// Whether requests of HTTP are answered.
    var hasRoutes = true
    /// Whether calls of gRPC are.
    var hasGRPC = true
    var crossOrigin = CrossOrigin()
    var limits = HTTPLimits()
    /// How who passes requests on tells of their clients; nil: nobody does.
    var forwardedFields: ForwardedFields?
  }

  init(
    listen: Endpoint,
    socket: ListeningSocket? = nil,
    tls: TLS? = nil,
    http: HTTP? = HTTP(),
    generator: Generator,
    upstreams: Upstreams? = nil,
    access: Access = Access(),
    log: Log? = nil,
    limits: CallLimits = CallLimits(),
    connectionLimits: ConnectionLimits = ConnectionLimits(),
    timeouts: ConnectionTimeouts = ConnectionTimeouts(),
    shutdownGracePeriod: Duration = .seconds(30),
    logLevel: Logger.Level = .info,
    logsCalls: Bool = false,
    metricsListen: Endpoint? = nil
  ) {
    self.listen = listen
    self.socket = socket
    self.tls = tls
    self.http = http
    self.generator = generator
    self.upstreams = upstreams
    self.access = access
    self.log = log
    self.limits = limits
    self.connectionLimits = connectionLimits
    self.timeouts = timeouts
    self.shutdownGracePeriod = shutdownGracePeriod
    self.logLevel = logLevel
    self.logsCalls = logsCalls
    self.metricsListen = metricsListen
  }
}
