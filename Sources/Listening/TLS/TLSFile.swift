internal import SystemPackage

/// The contents of a file with certificates or a key.
struct TLSFile {
  let bytes: [UInt8]
  /// Whether any user of this machine may read it.
  let isPublic: Bool

  /// Far more than a certificate chain needs; a wrong path may name an endless device.
  private static let maximumSize = 1 << 20

  /// - Parameter name: what error messages call it, such as "key file".
  init(_ name: String, _ path: String) throws(TLSError) {
    do {
      let file = try FileDescriptor.open(FilePath(path), .readOnly)
      (self.bytes, self.isPublic) = try file.closeAfter {
        (try Self.read(file), try Stat(file).permissions.contains(.otherRead))
      }
    } catch {
      throw TLSError("The \(name) \(path) cannot be read: \(error)")
    }
    guard self.bytes.count <= Self.maximumSize else {
      throw TLSError("The \(name) \(path) is larger than any such file")
    }
  }

  private static func read(_ file: FileDescriptor) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while bytes.count <= Self.maximumSize {
      let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return bytes
  }
}
