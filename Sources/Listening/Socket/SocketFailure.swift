internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Why an address could not be used, in words for the operator.
package struct SocketFailure: CustomStringConvertible {
  let error: any Error

  /// Explains an error of NIO or the system.
  package init(_ error: any Error) {
    self.error = error
  }

  /// The explanation, worded to follow "Cannot connect to ADDRESS: ".
  package var description: String {
    switch self.error {
    case let error as IOError:
      self.describe(error)
    case let error as NIOConnectionError where !error.connectionErrors.isEmpty:
      error.connectionErrors.map { "\(SocketFailure($0.error))" }.joined(separator: "; ")
    case SocketAddressError.unixDomainSocketPathTooLong:
      "the path of a socket has at most 103 bytes"
    case is NIOConnectionError, is SocketAddressError:
      "no address is known for that name"
    case ChannelError.connectTimeout:
      "it does not answer"
    default:
      "\(self.error)"
    }
  }

  private func describe(_ error: IOError) -> String {
    switch error.errnoCode {
    case EADDRINUSE: "another process listens there"
    case EADDRNOTAVAIL: "it is not an address of this machine"
    case EACCES: "this user may not; ports below 1024 need privileges, socket files permissions"
    case ECONNREFUSED: "nothing listens there"
    default: String(cString: strerror(error.errnoCode))
    }
  }
}
