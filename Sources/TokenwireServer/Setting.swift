internal import Configuration
internal import Identifiers

/// A setting of the server, by the name that it has in the configuration file.
public enum Setting: String, CaseIterable, Sendable {
  /// Where to listen, "host:port" or "unix:/path". Default "127.0.0.1:7437".
  case listen
  /// The path of the server's certificate and its chain, a PEM file. Needs a key. Default: no TLS.
  case tlsCertificate
  /// The path of the certificate's private key, a PEM file that not everybody can read.
  case tlsKey
  /// The path of the authorities whose clients may connect, a PEM file; every client then needs a
  /// certificate. Default: clients need none.
  case tlsClientCa
  /// Whether to listen without TLS where other machines reach the server. Default false.
  case insecure
  /// What generates text: "llama", "scripted", or "recording:" and the path of a recording, whose
  /// answers are played again. Default "llama".
  case generator
  /// The paths of the models, GGUF files, each with or without a name before it: "small=/s.gguf". In
  /// the file one text or an array of them; elsewhere with commas between them. No default.
  case model
  /// When models are loaded: "start", or "demand", when a request asks for them. Default "start".
  case modelLoading
  /// How long a model stays in memory without requests, such as "10m"; "0s" is for ever. Default
  /// "0s".
  case modelIdleTimeout
  /// How many layers of each model a GPU takes; -1 is all. Default -1.
  case gpuLayers
  /// How many sequences are decoded at once, 1 to 256. Default 4.
  case parallel
  /// The longest prompt and text together, in tokens, of each sequence; at least 16. Default 2048.
  case context
  /// How many threads compute at most, 1 to 512; fewer while other programs use the processors.
  /// Default: the number of processors.
  case threads
  /// Requests that wait for their turn; those beyond are refused. Default 1024.
  case maxQueue
  /// The time between two tokens of a text that the prompts of others may stretch it to. Default
  /// "150ms".
  case interTokenLimit
  /// Memory for texts that have left the KV cache, and may be used again. Default "512MiB".
  case prefixCache
  /// Whose texts spare a request the computation of its prompt's beginning: "off", "user" or "all".
  /// Default "user".
  case prefixSharing
  /// What the scripted generator says. Default: a sentence.
  case scriptedText
  /// The time from one token of the scripted generator to the next, such as "20ms". Default "0ms".
  case scriptedPace
  /// The path of the keys that access tokens are signed with. No default: without it there are no
  /// tokens.
  case keyFile
  /// The path of the database of revoked tokens. Default: the key file's, with ".revoked" behind it.
  case revocationFile
  /// The `iss` that tokens must have. No default: any.
  case tokenIssuer
  /// An `aud` that tokens must have. No default: any.
  case tokenAudience
  /// How far the clocks of issuers may be off, at most "60s". Default "30s".
  case tokenLeeway
  /// Whether tokens must have an end (`exp`); without one they are good until they are revoked, or
  /// their key is gone. Default true.
  case tokenRequireExpiry
  /// Whether `Generate` serves callers without a token. Default true.
  case anonymous
  /// Calls in a minute of one user. Default 1200.
  case userRequestsPerMinute
  /// Tokens generated in a minute for one user. Default 600000.
  case userTokensPerMinute
  /// Texts at once of one user. Default 64.
  case userStreams
  /// Calls in a minute without a token, from one address. Default 600.
  case anonymousRequestsPerMinute
  /// Tokens generated in a minute without a token, for one address. Default 300000.
  case anonymousTokensPerMinute
  /// Texts at once without a token, for one address. Default 32.
  case anonymousStreams
  /// The path of the request log, a database. No default: without it there is none.
  case logFile
  /// What the log keeps of prompts and responses: "full", "metadata" or "hash". Default "full".
  case logContent
  /// How old entries may be, such as "90d"; "0s" is for ever. Default "0s".
  case logMaxAge
  /// How large the log may be before its oldest entries are removed, such as "10GiB"; "0" has no
  /// limit. Default "0".
  case logMaxSize
  /// How often the entries that are too old or too many are removed. Default "60s".
  case logPruneInterval
  /// The largest prompt that the log takes; at most 4MiB. Default "1MiB".
  case logMaxPromptSize
  /// The largest response; at most 4MiB. Default "1MiB".
  case logMaxResponseSize
  /// How many keys an entry's metadata may have. Default 64.
  case logMaxMetadataKeys
  /// The size of its keys and values; at most 4MiB. Default "16KiB".
  case logMaxMetadataSize
  /// How many entries may wait for the disk. Default 4096.
  case logMaxWaitingEntries
  /// The size of the entries that wait. Default "64MiB".
  case logMaxWaitingSize
  /// Connections at once. Default 10000.
  case maxConnections
  /// Connections at once from one address. Default 1000.
  case maxConnectionsPerAddress
  /// Calls at once on one connection. Default 1000.
  case maxStreamsPerConnection
  /// Calls at once in all. Default 10000.
  case maxCalls
  /// The largest message that comes in, such as "64KiB"; at most 4MiB, the default.
  case maxMessageSize
  /// The keys and values of a call's metadata. Default "16KiB".
  case maxMetadataSize
  /// Memory for requests and for output that clients have not taken. Default "256MiB".
  case maxMemory
  /// The time from a connection to its first frame. Default "10s".
  case firstFrameTimeout
  /// How long a connection may be without a call. Default "30m".
  case idleTimeout
  /// How long a client may be silent before it is asked whether it lives. Default "30s".
  case keepaliveInterval
  /// How long it may take to answer that. Default "10s".
  case keepaliveTimeout
  /// How long a client may take none of the bytes that wait for it. Default "30s".
  case writeStallTimeout
  /// The least time between two PINGs of a client. Default "1s".
  case minPingInterval
  /// How long running calls may go on after the server was told to stop. Default "30s".
  case shutdownGracePeriod
  /// The least severe log entries to write: "trace", "debug", "info", "notice", "warning", "error"
  /// or "critical". Default "info".
  case logLevel

  /// The setting of that name; nil when there is none.
  init?(name: Identifier) {
    guard let setting = Self.allCases.first(where: { Identifier($0.rawValue) == name }) else {
      return nil
    }
    self = setting
  }

  /// The key that all providers of settings know it by.
  var key: ConfigKey { ConfigKey([self.rawValue]) }

  /// The words of the name, "log" and "level".
  private var words: [String] {
    self.rawValue.reduce(into: [""]) { words, letter in
      if letter.isUppercase { words.append("") }
      words[words.count - 1] += letter.lowercased()
    }
  }

  /// Such as "--log-level".
  public var flag: String { "--" + self.words.joined(separator: "-") }

  /// Such as "TOKENWIRE_LOG_LEVEL".
  public var variable: String {
    let words = self.words.map { $0.uppercased() }  // compares words of ours
    return (["TOKENWIRE"] + words).joined(separator: "_")
  }

  /// All names of the setting, for messages.
  var everywhere: String { "\(self.flag) (\(self.variable), or \"\(self.rawValue)\" in the file)" }
}
