import Listening
import LlamaGeneration
import Logging
import RPC
import TokenwireServer

/// What a server needs to know before it starts.
struct ServerConfiguration: Hashable, Sendable {
  /// Where to listen; port 0 takes any free port.
  var listen: Endpoint
  /// Nil listens without TLS.
  var tls: TLS?
  var generator: Generator
  var access: Access
  /// Nil keeps no log.
  var log: Log?
  var limits: CallLimits
  var connectionLimits: ConnectionLimits
  var timeouts: ConnectionTimeouts
  /// How long running calls may go on after the server was told to stop.
  var shutdownGracePeriod: Duration
  var logLevel: Logger.Level
  /// Whether each call is a line in the log of the process.
  var logsCalls: Bool

  /// What generates the text.
  enum Generator: Hashable, Sendable {
    /// Language models with different names, by libllama; the first is used when a request names
    /// none.
    case llama([LlamaConfiguration], ModelLoading)
    /// A given text, over and over, with that time from one token to the next.
    case scripted(text: String, pace: Duration)
    /// What a recorded server has said, at its times.
    case recording(path: String)
  }

  /// How connections are secured.
  struct TLS: Hashable, Sendable {
    var identity: TLSIdentity
    /// The path of the authorities whose clients may connect; nil lets every client.
    var clientCA: String?

    init(identity: TLSIdentity, clientCA: String? = nil) {
      self.identity = identity
      self.clientCA = clientCA
    }
  }

  init(
    listen: Endpoint,
    tls: TLS? = nil,
    generator: Generator,
    access: Access = Access(),
    log: Log? = nil,
    limits: CallLimits = CallLimits(),
    connectionLimits: ConnectionLimits = ConnectionLimits(),
    timeouts: ConnectionTimeouts = ConnectionTimeouts(),
    shutdownGracePeriod: Duration = .seconds(30),
    logLevel: Logger.Level = .info,
    logsCalls: Bool = false
  ) {
    self.listen = listen
    self.tls = tls
    self.generator = generator
    self.access = access
    self.log = log
    self.limits = limits
    self.connectionLimits = connectionLimits
    self.timeouts = timeouts
    self.shutdownGracePeriod = shutdownGracePeriod
    self.logLevel = logLevel
    self.logsCalls = logsCalls
  }
}
