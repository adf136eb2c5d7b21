internal import NIOCore

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A socket that listens already, and that others have open as well, such as the service manager that
/// has started this process. A server that stops closes its own descriptor: clients that connect then
/// wait for whoever accepts next.
public struct ListeningSocket: Hashable, Sendable {
  let descriptor: CInt
  /// The address on which it listens.
  public let endpoint: Endpoint

  /// - Parameter descriptor: of a socket that listens for streams; the server that runs with it
  ///   closes it.
  /// - Throws: `ListenError` for anything else.
  public init(descriptor: CInt) throws(ListenError) {
    guard Self.option(SO_TYPE, of: descriptor) == CInt(SOCK_STREAM.rawValue),
      Self.option(SO_ACCEPTCONN, of: descriptor) == 1
    else {
      throw ListenError("The descriptor \(descriptor) is no socket that listens for streams")
    }
    guard let endpoint = Self.endpoint(of: descriptor) else {
      throw ListenError("The socket \(descriptor) has neither a TCP port nor the path of a file")
    }
    self.descriptor = descriptor
    self.endpoint = endpoint
  }

  private static func option(_ name: CInt, of descriptor: CInt) -> CInt? {
    var value: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
  }

  private static func endpoint(of descriptor: CInt) -> Endpoint? {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { storage -> Endpoint? in
      let isKnown = storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &size) == 0
      }
      guard isKnown else { return nil }
      // Each type of address begins as the storage does, which has room for all.
      let raw = UnsafeRawPointer(storage)
      let address: SocketAddress
      switch CInt(storage.pointee.ss_family) {
      case AF_INET: address = SocketAddress(raw.load(as: sockaddr_in.self))
      case AF_INET6: address = SocketAddress(raw.load(as: sockaddr_in6.self))
      case AF_UNIX: address = SocketAddress(raw.load(as: sockaddr_un.self))
      default: return nil
      }
      if let host = address.ipAddress, let port = address.port {
        return Endpoint(host: host, port: port)
      }
      return address.pathname.map { .unix(path: $0) }
    }
  }
}
