#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The address of a Unix domain socket: a path, or a name of Linux's abstract namespace, which is
/// written with an "@" for its first byte, 0.
struct SocketName: Sendable {
  private let bytes: [UInt8]

  /// - Returns: nil for anything else, and what is too long.
  init?(_ text: String) {
    var bytes = Array(text.utf8)
    switch bytes.first {
    case UInt8(ascii: "/"): bytes.append(0)
    case UInt8(ascii: "@"): bytes[0] = 0
    default: return nil
    }
    guard bytes.count > 1, bytes.count <= Self.capacity else { return nil }
    self.bytes = bytes
  }

  private static let capacity = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

  /// Calls `body` with the address and its length, which says where an abstract name ends.
  func withAddress<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
  ) rethrows -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: self.bytes) }
    let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
    let length = socklen_t(offset + self.bytes.count)
    return try withUnsafePointer(to: &address) { address in
      try address.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, length) }
    }
  }
}
