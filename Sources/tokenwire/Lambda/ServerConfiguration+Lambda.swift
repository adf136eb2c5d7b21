import HTTPTransport
import Identifiers
import Listening

extension ServerConfiguration {
  /// The fields that tell the server of a function about its events' clients.
  static let forwardedFields = ForwardedFields(
    address: "x-tokenwire-client-address",
    timeout: "x-tokenwire-timeout-ms"
  )

  /// The configuration of a server in a function, which nothing but the function calls.
  ///
  /// - Parameter folder: a folder that only this process uses.
  /// - Throws: for what a function cannot have.
  func onLambda(in folder: String) throws(ConfigurationError) -> ServerConfiguration {
    if let log, !log.place.isDatabase {
      throw ConfigurationError(
        """
        The log \(log.place) would be lost: an instance of a function has no disk that lasts, and no two \
        have the same one; give a central store (\(Settings.log.logStore.flag) postgresql://...), or no log
        """
      )
    }
    if let outbox = self.log?.outbox {
      throw ConfigurationError(
        """
        What is in the outbox \(outbox.path) would be lost: an instance of a function has no disk that \
        lasts; leave out \(Settings.log.logOutbox.flag)
        """
      )
    }
    guard self.http?.hasRoutes == true else {
      throw ConfigurationError(
        "\(Settings.http.http.flag) is off, but what a function answers are requests of HTTP"
      )
    }
    var configuration = self
    configuration.listen = .unix(path: "\(folder)/http")
    configuration.tls = nil
    configuration.http?.forwardedFields = Self.forwardedFields
    if configuration.access.keyFile != nil, configuration.access.revocationFile == nil {
      // Beside the keys, in the image or a layer, nothing can be written.
      configuration.access.revocationFile = "\(folder)/revoked"
    }
    return configuration
  }
}
