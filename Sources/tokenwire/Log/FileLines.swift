import Foundation
import JSON
import SystemPackage

/// The lines of a file, a pipe or standard input in UTF-8, split only at "\n", because JSON may
/// contain other line breaks. A byte-order mark is skipped.
struct FileLines: AsyncSequence {
  /// Called with the number of bytes read so far, and in all, which is known only for a file.
  typealias Progress = (_ read: Int, _ total: Int?) -> Void

  /// Its name in messages.
  let name: String
  private let file: FileHandle
  private let size: Int?
  private let progress: Progress

  /// Opens the file, to read it once.
  ///
  /// - Parameter path: "-" is standard input.
  /// - Throws: `CommandFailure` when it cannot be read.
  init(_ path: String, progress: @escaping Progress) throws {
    self.progress = progress
    if path.utf8.elementsEqual("-".utf8) {
      self.name = "standard input"
      self.file = .standardInput
    } else {
      self.name = path
      do {
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        self.file = FileHandle(fileDescriptor: file.rawValue, closeOnDealloc: true)
      } catch {
        throw CommandFailure("\(path) cannot be read: \(error)")
      }
    }
    var status = stat()
    guard fstat(self.file.fileDescriptor, &status) == 0 else {
      throw CommandFailure("\(self.name) cannot be read: \(Errno(rawValue: errno))")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw CommandFailure("\(self.name) is a folder")
    }
    self.size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  func makeAsyncIterator() -> Iterator {
    Iterator(name: self.name, file: self.file, size: self.size, progress: self.progress)
  }

  struct Iterator: AsyncIteratorProtocol {
    /// In bytes; more than the largest possible entry with all its characters escaped.
    private static let maximumLength = 64 << 20
    private static let chunkSize = 256 << 10
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    let name: String
    let file: FileHandle
    let size: Int?
    let progress: Progress
    private var buffer = LineBuffer()
    private var readBytes = 0
    private var lineCount = 0

    init(name: String, file: FileHandle, size: Int?, progress: @escaping Progress) {
      self.name = name
      self.file = file
      self.size = size
      self.progress = progress
    }

    /// - Throws: when the file cannot be read, or a line is not UTF-8; `CancellationError`.
    mutating func next() async throws -> String? {
      try Task.checkCancellation()
      while true {
        if let line = self.buffer.next() { return try self.line(line) }
        guard try self.readChunk() else { return try self.buffer.rest().map { try self.line($0) } }
      }
    }

    /// - Returns: false at the end of the file.
    private mutating func readChunk() throws -> Bool {
      guard self.buffer.count <= Self.maximumLength else {
        throw CommandFailure("\(self.name): line \(self.lineCount + 1) is too long for an entry")
      }
      try self.waitForBytes()
      do {
        let file = FileDescriptor(rawValue: self.file.fileDescriptor)
        let count = try self.buffer.add(atMost: Self.chunkSize) { try file.read(into: $0) }
        if count == 0 { return false }
        self.readBytes += count
      } catch {
        throw CommandFailure("\(self.name) cannot be read: \(error)")
      }
      self.progress(self.readBytes, self.size)
      return true
    }

    /// Waits in short steps, so that the command can be interrupted while a pipe is silent.
    private func waitForBytes() throws {
      while true {
        var file = pollfd(fd: self.file.fileDescriptor, events: Int16(POLLIN), revents: 0)
        // After an error of `poll`, reading reports what is wrong.
        guard poll(&file, 1, 100) == 0 else { return }
        try Task.checkCancellation()
      }
    }

    private mutating func line(_ bytes: ArraySlice<UInt8>) throws -> String {
      self.lineCount += 1
      var bytes = bytes
      if self.lineCount == 1, bytes.starts(with: Self.byteOrderMark) {
        bytes = bytes.dropFirst(Self.byteOrderMark.count)
      }
      guard let line = String(validating: bytes, as: UTF8.self) else {
        throw CommandFailure("\(self.name): line \(self.lineCount) is not UTF-8")
      }
      return line
    }
  }
}
