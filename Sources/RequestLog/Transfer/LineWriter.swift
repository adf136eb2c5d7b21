#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Writes lines to a file, many with one system call.
final class LineWriter {
  private static let bufferSize = 256 << 10

  private let file: CInt
  private let isClosed: Bool
  private var buffer: [UInt8] = []

  /// - Parameters:
  ///   - file: a descriptor.
  ///   - isClosed: whether the writer closes the file.
  init(_ file: CInt, isClosed: Bool = true) {
    self.file = file
    self.isClosed = isClosed
  }

  deinit {
    if self.isClosed { close(self.file) }
  }

  func add(_ line: String) throws(LogError) {
    self.buffer.append(contentsOf: line.utf8)
    self.buffer.append(UInt8(ascii: "\n"))
    if self.buffer.count >= Self.bufferSize { try self.flush() }
  }

  /// Returns when all lines are on disk.
  func synchronise() throws(LogError) {
    try self.flush()
    guard fsync(self.file) == 0 else { throw LogError(writingFile: SystemError()) }
  }

  func flush() throws(LogError) {
    var count = 0
    while count < self.buffer.count {
      let written = self.buffer.withUnsafeBytes { bytes in
        let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
        return write(self.file, rest.baseAddress, rest.count)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw LogError(writingFile: SystemError()) }
      count += written
    }
    self.buffer.removeAll(keepingCapacity: true)
  }
}
