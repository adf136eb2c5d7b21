import Identifiers
import Listening
import Systemd

/// Where a server listens: on an address of its own, or on a socket that systemd hands over.
enum ListenAddress: Hashable, Sendable {
  case endpoint(Endpoint)
  /// The socket of this name; nil: the only one.
  case systemd(name: Identifier?)

  /// Parses an endpoint, "systemd", or "systemd/NAME".
  init?(_ text: String) {
    let prefix = "systemd"
    if Identifier(text) == Identifier(prefix) {
      self = .systemd(name: nil)
    } else if text.utf8.starts(with: "\(prefix)/".utf8) {
      let name = Identifier(String(Substring(text.utf8.dropFirst(prefix.utf8.count + 1))))
      guard !name.isEmpty else { return nil }
      self = .systemd(name: name)
    } else {
      guard let endpoint = Endpoint(text) else { return nil }
      self = .endpoint(endpoint)
    }
  }

  /// The socket that was handed over; nil for an address of the server's own.
  func socket(
    of sockets: [HandedOverSocket] = HandedOverSocket.all()
  ) throws(ConfigurationError) -> ListeningSocket? {
    guard case .systemd(let name) = self else { return nil }
    let found = sockets.filter { name == nil || $0.name == name }
    guard let socket = found.first, found.count == 1 else {
      throw Self.error(name, found: found.count, sockets)
    }
    do throws(ListenError) {
      return try ListeningSocket(descriptor: socket.descriptor)
    } catch {
      throw ConfigurationError("The socket that systemd has handed over cannot be used: \(error)")
    }
  }

  private static func error(
    _ name: Identifier?,
    found: Int,
    _ sockets: [HandedOverSocket]
  ) -> ConfigurationError {
    let listen = Settings.served.listen.flag
    guard !sockets.isEmpty else {
      return ConfigurationError(
        """
        No socket was handed over: \(listen) systemd is for a service that a socket unit of systemd \
        starts; else give host:port
        """
      )
    }
    let names = sockets.map { "\"\($0.name)\"" }.joined(separator: ", ")
    let wanted = name.map { "with the name \"\($0)\"" } ?? "to listen on"
    return ConfigurationError(
      """
      Of the sockets that systemd has handed over (\(names)), \(found) are \(wanted), but it must be \
      one: choose by \(listen) systemd/NAME
      """
    )
  }
}
