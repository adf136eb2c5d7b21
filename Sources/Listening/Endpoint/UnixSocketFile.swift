internal import NIOCore
internal import NIOPosix
internal import SystemPackage

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The path of a Unix domain socket that a server is about to create.
struct UnixSocketFile {
  private let path: String

  init(_ path: String) {
    self.path = path
  }

  /// Removes the socket that a killed server left there. A socket that a server listens on stays,
  /// and binding fails.
  ///
  /// - Throws: `NotASocket` for any other file, which must not be removed.
  func removeIfStale() async throws {
    let file: Stat
    do {
      file = try Stat(FilePath(self.path), followTargetSymlink: false)
    } catch {
      return  // There is no file, or binding will report what is wrong.
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
