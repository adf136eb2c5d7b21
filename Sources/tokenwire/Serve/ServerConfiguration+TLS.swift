import Listening

extension ServerConfiguration {
  static func tls(_ settings: SettingReader) throws(ConfigurationError) -> TLS? {
    let served = Settings.served
    let certificate = try served.tlsCertificate.read(from: settings)
    let key = try served.tlsKey.read(from: settings)
    let clientCA = try served.tlsClientCa.read(from: settings)
    switch (certificate, key) {
    case (let certificate?, let key?):
      return TLS(identity: TLSIdentity(certificate: certificate, key: key), clientCA: clientCA)
    case (nil, nil) where clientCA == nil:
      return nil
    case (nil, nil):
      throw Self.missing([served.tlsCertificate, served.tlsKey], for: served.tlsClientCa)
    case (_?, nil):
      throw Self.missing([served.tlsKey], for: served.tlsCertificate)
    case (nil, _?):
      throw Self.missing([served.tlsCertificate], for: served.tlsKey)
    }
  }

  /// Without TLS only this machine may connect, unless the user allows more.
  static func listen(
    _ settings: SettingReader,
    isSecured: Bool
  ) throws(ConfigurationError) -> (Endpoint, ListeningSocket?) {
    let served = Settings.served
    let address = try served.listen.read(from: settings)
    let socket = try address.socket()
    let endpoint: Endpoint
    switch (address, socket) {
    case (.endpoint(let given), _): endpoint = given
    case (_, let socket?): endpoint = socket.endpoint
    case (.systemd, nil): preconditionFailure("socket() throws where there is none")
    }
    let isInsecure = try served.insecure.read(from: settings)
    guard isSecured || isInsecure || endpoint.isLoopback else {
      throw ConfigurationError(
        """
        Other machines reach \(endpoint), and whoever is on the way could read what they send: give \
        \(served.tlsCertificate.flag) and \(served.tlsKey.flag), or \
        \(served.insecure.everywhere) to listen without TLS
        """
      )
    }
    return (endpoint, socket)
  }

  private static func missing(
    _ missing: [any DeclaredSetting],
    for given: any DeclaredSetting
  ) -> ConfigurationError {
    let needed = missing.map(\.everywhere).joined(separator: " and ")
    return ConfigurationError("\(given.everywhere) is given without \(needed), which it needs")
  }
}
