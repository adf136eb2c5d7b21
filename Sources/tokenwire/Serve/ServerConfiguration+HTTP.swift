import HTTPTransport

extension ServerConfiguration.HTTP {
  /// Nil when HTTP and gRPC are off.
  init?(_ settings: SettingReader) throws(ConfigurationError) {
    let http = Settings.http
    let origins = try http.corsOrigin.read(from: settings)
    let headerSize = try http.maxHeaderSize.read(from: settings)
    let (routes, grpc) = (try http.http.read(from: settings), try http.grpc.read(from: settings))
    guard routes == .on || grpc == .on else { return nil }
    self.init(
      hasRoutes: routes == .on,
      hasGRPC: grpc == .on,
      crossOrigin: CrossOrigin(origins: origins),
      limits: HTTPLimits(
        headerSize: headerSize,
        contentSize: try Settings.limits.maxMessageSize.read(from: settings)
      )
    )
  }
}
