internal import NIOCore
internal import NIOPosix
internal import SystemPackage

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The file of a Unix domain socket, before a server creates it.
struct UnixSocketFile {
  private let path: String

  init(_ path: String) {
    self.path = path
  }

  /// Removes what a server that was killed has left there. A socket that a server listens on stays,
  /// and binding fails for it.
  ///
  /// - Throws: `NotASocket` for any other file, which is nobody's to remove.
  func removeIfStale() async throws {
    let file: Stat
    do {
      file = try Stat(FilePath(self.path), followTargetSymlink: false)
    } catch {
      return  // Nothing is there, or binding will tell what is wrong.
    }
    guard file.type == .socket else { throw NotASocket() }
    if try await self.isRefused() {
      guard unlink(self.path) == 0 || errno == ENOENT else {
        throw IOError(errnoCode: errno, reason: "unlink")
      }
    }
  }

  private func isRefused() async throws -> Bool {
    do {
      let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connect(unixDomainSocketPath: self.path).get()
      try await channel.close()
      return false
    } catch let error as IOError {
      return error.errnoCode == ECONNREFUSED
    }
  }

  struct NotASocket: Error, CustomStringConvertible {
    let description = "a file is there that is not a socket: remove it, or choose another path"
  }
}
