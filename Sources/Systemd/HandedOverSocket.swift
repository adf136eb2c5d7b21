public import Identifiers

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A socket that a service manager has opened for this process, as sd_listen_fds(3) has it. The
/// manager keeps it open, too: what connects while no process serves waits for the next one.
public struct HandedOverSocket: Hashable, Sendable {
  /// The file descriptor.
  public let descriptor: Int32
  /// What the manager calls it: FileDescriptorName, or the name of the socket's unit.
  public let name: Identifier

  private static let first: Int32 = 3

  /// Those for this process, in the order of their unit. Programs that this process starts do not
  /// inherit them.
  public static func all(_ variables: ServiceVariables = .current) -> [HandedOverSocket] {
    guard
      let process = variables.listenProcess, ServiceVariables.isThisProcess(process),
      let count = variables.listenDescriptors.flatMap({ Int32($0) }), (1 ... 1024).contains(count)
    else { return [] }
    let names = (variables.listenNames ?? "").utf8
      .split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .map { Identifier(String(Substring($0))) }
    return (0 ..< count).compactMap { index in
      let descriptor = Self.first + index
      // What is not open was not handed over.
      guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { return nil }
      let name = Int(index) < names.count ? names[Int(index)] : Identifier("unknown")
      return HandedOverSocket(descriptor: descriptor, name: name)
    }
  }
}
