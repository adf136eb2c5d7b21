import Identifiers
import Listening
import RPC

extension ServerConfiguration {
  /// Reads the settings: flags before environment variables before the file before the defaults.
  ///
  /// - Parameters:
  ///   - flags: settings from the command line, by their names, as they were written there.
  ///   - environment: the variables of the process; those of settings begin with `TOKENWIRE_`.
  ///   - file: the path of a JSON object with settings; nil reads none.
  /// - Throws: `ConfigurationError` for a value that is malformed or out of range, a file that
  ///   cannot be read, and a key in it that is not a setting.
  init(
    flags: [Identifier: String],
    environment: [Identifier: String],
    file: String?
  ) throws(ConfigurationError) {
    try LogPlace.checkFlag(flags[Identifier(Settings.log.logStore.name)])
    let settings = try SettingReader(flags: flags, environment: environment, file: file)
    let tls = try Self.tls(settings)
    let (listen, socket) = try Self.listen(settings, isSecured: tls != nil)
    self.init(
      listen: listen,
      socket: socket,
      tls: tls,
      http: try HTTP(settings),
      generator: try Generator(settings),
      upstreams: try Settings.served.upstreams.read(from: settings).map {
        path throws(ConfigurationError) in
        Upstreams(file: path, models: try UpstreamFile(path: path).models)
      },
      access: try Access(settings),
      log: try Log(settings),
      limits: try CallLimits(settings),
      connectionLimits: try ConnectionLimits(settings),
      timeouts: try ConnectionTimeouts(settings),
      shutdownGracePeriod: try Settings.limits.shutdownGracePeriod.read(from: settings),
      logLevel: try Settings.general.logLevel.read(from: settings),
      logsCalls: try Settings.general.accessLog.read(from: settings),
      metricsListen: try Settings.general.metricsListen.read(from: settings)
    )
  }
}
