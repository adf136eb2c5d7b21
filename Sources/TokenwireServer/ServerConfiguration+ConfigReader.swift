internal import Configuration
internal import Foundation
public import Identifiers
internal import Listening
internal import Logging
internal import RPC

extension ServerConfiguration {
  /// Reads the settings: flags before environment variables before the file before the defaults.
  ///
  /// - Parameters:
  ///   - flags: settings from the command line, as they were written there.
  ///   - environment: the variables of the process; those of settings begin with `TOKENWIRE_`.
  ///   - file: the path of a JSON object with settings; nil reads none.
  /// - Throws: `ConfigurationError` for a value that is malformed or out of range, a file that
  ///   cannot be read, and a key in it that is not a setting.
  public init(
    flags: [Setting: String],
    environment: [Identifier: String],
    file: String?
  ) async throws {
    try self.init(await Self.settings(flags: flags, environment: environment, file: file))
  }

  static func settings(
    flags: [Setting: String],
    environment: [Identifier: String],
    file: String?
  ) async throws -> SettingReader {
    var providers: [any ConfigProvider] = [
      Self.provider(of: flags),
      Self.provider(
        of: Setting.allCases.reduce(into: [:]) { texts, setting in
          texts[setting] = environment[Identifier(setting.variable)]
        }
      ),
    ]
    if let file {
      let settings = try SettingsFile(path: file)
      providers.append(Self.provider(of: settings.texts))
      providers.append(Self.provider(of: settings.lists))
    }
    providers.append(Self.defaults)
    return SettingReader(ConfigReader(providers: providers))
  }

  private static func provider(of texts: [Setting: String]) -> any ConfigProvider {
    EnvironmentVariablesProvider(
      environmentVariables: Dictionary(  // compares words of ours
        uniqueKeysWithValues: texts.map { ($0.key.variable, $0.value) }
      )
    ).prefixKeys(with: "tokenwire")
  }

  private static func provider(of lists: [Setting: [String]]) -> any ConfigProvider {
    InMemoryProvider(
      values: Dictionary(
        uniqueKeysWithValues: lists.map { setting, texts in
          (
            AbsoluteConfigKey([setting.rawValue]),
            ConfigValue(.stringArray(texts), isSecret: false)
          )
        }
      )
    )
  }

  private static var defaults: InMemoryProvider {
    InMemoryProvider(
      values: [
        "listen": "127.0.0.1:7437",
        "tlsCertificate": "",
        "tlsKey": "",
        "tlsClientCa": "",
        "insecure": false,
        "generator": "llama",
        "modelLoading": "start",
        "modelIdleTimeout": "0s",
        "gpuLayers": -1,
        "parallel": 4,
        "context": 2048,
        "threads": ConfigValue(
          .int(ProcessInfo.processInfo.activeProcessorCount),
          isSecret: false
        ),
        "maxQueue": 1_024,
        "interTokenLimit": "150ms",
        "prefixCache": "512MiB",
        "prefixSharing": "user",
        "scriptedText": "The quick brown fox jumps over the lazy dog. ",
        "scriptedPace": "0ms",
        "keyFile": "",
        "revocationFile": "",
        "tokenIssuer": "",
        "tokenAudience": "",
        "tokenLeeway": "30s",
        "tokenRequireExpiry": true,
        "anonymous": true,
        "userRequestsPerMinute": 1_200,
        "userTokensPerMinute": 600_000,
        "userStreams": 64,
        "anonymousRequestsPerMinute": 600,
        "anonymousTokensPerMinute": 300_000,
        "anonymousStreams": 32,
        "logFile": "",
        "logContent": "full",
        "logMaxAge": "0s",
        "logMaxSize": "0",
        "logPruneInterval": "60s",
        "logMaxPromptSize": "1MiB",
        "logMaxResponseSize": "1MiB",
        "logMaxMetadataKeys": 64,
        "logMaxMetadataSize": "16KiB",
        "logMaxWaitingEntries": 4096,
        "logMaxWaitingSize": "64MiB",
        "maxConnections": 10_000,
        "maxConnectionsPerAddress": 1_000,
        "maxStreamsPerConnection": 1_000,
        "maxCalls": 10_000,
        "maxMessageSize": "4MiB",
        "maxMetadataSize": "16KiB",
        "maxMemory": "256MiB",
        "firstFrameTimeout": "10s",
        "idleTimeout": "30m",
        "keepaliveInterval": "30s",
        "keepaliveTimeout": "10s",
        "writeStallTimeout": "30s",
        "minPingInterval": "1s",
        "shutdownGracePeriod": "30s",
        "logLevel": "info",
      ]
    )
  }

  private init(_ settings: SettingReader) throws {
    let tls = try Self.tls(settings)
    self.init(
      listen: try Self.listen(settings, isSecured: tls != nil),
      tls: tls,
      generator: try Generator(settings),
      access: try Access(settings),
      log: try Log(settings),
      limits: try CallLimits(settings),
      connectionLimits: try ConnectionLimits(settings),
      timeouts: try ConnectionTimeouts(settings),
      shutdownGracePeriod: try settings.time(.shutdownGracePeriod, mayBeZero: true),
      logLevel: try settings.value(
        .logLevel,
        Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      ) { Logger.Level(rawValue: $0) }
    )
  }
}
