internal import Listening

extension ServerConfiguration {
  static func tls(_ settings: SettingReader) throws -> TLS? {
    let certificate = try settings.optionalString(.tlsCertificate)
    let key = try settings.optionalString(.tlsKey)
    let clientCA = try settings.optionalString(.tlsClientCa)
    switch (certificate, key) {
    case (let certificate?, let key?):
      return TLS(identity: TLSIdentity(certificate: certificate, key: key), clientCA: clientCA)
    case (nil, nil) where clientCA == nil:
      return nil
    case (nil, nil):
      throw Self.missing([.tlsCertificate, .tlsKey], for: .tlsClientCa)
    case (_?, nil):
      throw Self.missing([.tlsKey], for: .tlsCertificate)
    case (nil, _?):
      throw Self.missing([.tlsCertificate], for: .tlsKey)
    }
  }

  /// What travels in the clear is for this machine only, unless the user insists.
  static func listen(_ settings: SettingReader, isSecured: Bool) throws -> Endpoint {
    let endpoint = try settings.value(
      .listen,
      "\"host:port\" or \"unix:/path\", such as \"127.0.0.1:7437\""
    ) { Endpoint($0) }
    let isInsecure = try settings.bool(.insecure)
    guard isSecured || isInsecure || endpoint.isLoopback else {
      throw ConfigurationError(
        """
        Other machines reach \(endpoint), and whoever is on the way could read what they send: give \
        \(Setting.tlsCertificate.flag) and \(Setting.tlsKey.flag), or \
        \(Setting.insecure.everywhere) to listen without TLS
        """
      )
    }
    return endpoint
  }

  private static func missing(_ missing: [Setting], for given: Setting) -> ConfigurationError {
    let needed = missing.map(\.everywhere).joined(separator: " and ")
    return ConfigurationError("\(given.everywhere) is given without \(needed), which it needs")
  }
}
