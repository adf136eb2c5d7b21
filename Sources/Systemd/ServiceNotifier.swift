#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Tells a service manager how this process is, as sd_notify(3) has it: one datagram for a notice, to
/// the Unix domain socket that the manager has named.
public struct ServiceNotifier: Sendable {
  private let address: SocketName

  /// - Returns: nil when no manager listens.
  /// - Throws: `NotifyError` when the name of its socket cannot be used.
  public init?(_ variables: ServiceVariables = .current) throws(NotifyError) {
    guard let name = variables.notifySocket, !name.isEmpty else { return nil }
    guard let address = SocketName(name) else {
      throw NotifyError(
        "NOTIFY_SOCKET is \"\(name)\", but must be a path or an abstract name with @"
      )
    }
    self.address = address
  }

  /// Sends a notice. It may wait for a manager that is busy, a few seconds at most.
  ///
  /// - Throws: `NotifyError` when the manager does not get it.
  public func notify(_ states: [ServiceState]) throws(NotifyError) {
    let message = states.map(\.assignment).joined(separator: "\n")
    let descriptor = socket(AF_UNIX, Self.datagrams | Self.closesOnExec, 0)
    guard descriptor >= 0 else { throw NotifyError("There is no socket to notify systemd", errno) }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(
      descriptor,
      SOL_SOCKET,
      SO_SNDTIMEO,
      &limit,
      socklen_t(MemoryLayout<timeval>.size)
    )
    let sent = self.address.withAddress { address, length in
      Array(message.utf8).withUnsafeBytes { bytes in
        sendto(descriptor, bytes.baseAddress, bytes.count, Self.withoutSignal, address, length)
      }
    }
    guard sent == message.utf8.count else { throw NotifyError("systemd cannot be notified", errno) }
  }

  private static let datagrams = Int32(SOCK_DGRAM.rawValue)
  private static let closesOnExec = Int32(SOCK_CLOEXEC.rawValue)
  private static let withoutSignal = Int32(MSG_NOSIGNAL)
}

/// Why a service manager was not told.
public struct NotifyError: Error, Hashable, CustomStringConvertible {
  /// One sentence.
  public let description: String

  init(_ description: String) {
    self.description = description
  }

  init(_ what: String, _ code: Int32) {
    self.description = "\(what): \(String(cString: strerror(code)))"
  }
}
