import Foundation
import SystemPackage

/// The lines of a file in UTF-8, each without the "\n" at its end: texts in JSON may have other ends
/// of lines within.
struct FileLines: AsyncSequence {
  /// Called with the number of bytes that were read so far, and that there are in all.
  typealias Progress = (_ read: Int, _ total: Int) -> Void

  private let path: String
  private let file: FileHandle
  private let size: Int
  private let progress: Progress

  /// Opens the file, which is read once.
  ///
  /// - Throws: a sentence when it cannot be read.
  init(_ path: String, progress: @escaping Progress) throws {
    self.path = path
    self.progress = progress
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      self.file = FileHandle(fileDescriptor: file.rawValue, closeOnDealloc: true)
      self.size = Int(try file.seek(offset: 0, from: .end))
      try file.seek(offset: 0, from: .start)
    } catch {
      throw CommandFailure("\(path) cannot be read: \(error)")
    }
  }

  func makeAsyncIterator() -> Iterator {
    Iterator(path: self.path, file: self.file, size: self.size, progress: self.progress)
  }

  struct Iterator: AsyncIteratorProtocol {
    /// In bytes. An entry is far below: a server takes no message over 4 MiB.
    private static let maximumLength = 64 << 20
    private static let chunkSize = 256 << 10

    let path: String
    let file: FileHandle
    let size: Int
    let progress: Progress
    /// What was read and not returned yet; before `start`, it was.
    private var buffer: [UInt8] = []
    private var start = 0
    private var readBytes = 0
    private var lineCount = 0

    init(path: String, file: FileHandle, size: Int, progress: @escaping Progress) {
      self.path = path
      self.file = file
      self.size = size
      self.progress = progress
    }

    /// - Throws: when the file cannot be read, or a line is no text; `CancellationError`.
    mutating func next() async throws -> String? {
      try Task.checkCancellation()
      var searched = self.start
      while true {
        if let end = self.buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
          defer { self.start = end + 1 }
          return try self.line(self.buffer[self.start ..< end])
        }
        searched = self.buffer.count - self.start
        guard try self.readChunk() else {
          defer { self.start = self.buffer.count }
          let rest = self.buffer[self.start...]
          return rest.isEmpty ? nil : try self.line(rest)
        }
      }
    }

    /// Moves what is left to the front, and adds to it.
    ///
    /// - Returns: false at the end of the file.
    private mutating func readChunk() throws -> Bool {
      self.buffer.removeFirst(self.start)
      self.start = 0
      guard self.buffer.count <= Self.maximumLength else {
        throw CommandFailure("\(self.path): line \(self.lineCount + 1) is too long for an entry")
      }
      do {
        let chunk = try self.file.read(upToCount: Self.chunkSize) ?? Data()
        if chunk.isEmpty { return false }
        self.buffer.append(contentsOf: chunk)
        self.readBytes += chunk.count
      } catch {
        throw CommandFailure("\(self.path) cannot be read: \(error)")
      }
      self.progress(self.readBytes, self.size)
      return true
    }

    private mutating func line(_ bytes: ArraySlice<UInt8>) throws -> String {
      self.lineCount += 1
      guard let line = String(validating: bytes, as: UTF8.self) else {
        throw CommandFailure("\(self.path): line \(self.lineCount) is not UTF-8")
      }
      return line
    }
  }
}
