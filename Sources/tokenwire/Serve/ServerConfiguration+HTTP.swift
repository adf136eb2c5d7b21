import HTTPTransport

extension ServerConfiguration.HTTP {
  /// Nil when HTTP is off.
  init?(_ settings: SettingReader) throws(ConfigurationError) {
    let http = Settings.http
    let origins = try http.corsOrigin.read(from: settings)
    let headerSize = try http.maxHeaderSize.read(from: settings)
    guard try http.http.read(from: settings) == .on else { return nil }
    self.init(
      crossOrigin: CrossOrigin(origins: origins),
      limits: HTTPLimits(
        headerSize: headerSize,
        contentSize: try Settings.limits.maxMessageSize.read(from: settings)
      )
    )
  }
}
