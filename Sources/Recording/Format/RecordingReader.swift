internal import Foundation
internal import NIOCore
internal import SystemPackage

/// Reads a recording line by line, so that its size does not matter.
public struct RecordingReader: ~Copyable {
  public let header: RecordingHeader
  /// What a process that was killed has left of its last line, in a sentence; known at the end.
  public private(set) var cutOffLine: String?
  private let path: String
  private var lines: LineReader
  private var lineNumber = 1

  /// Opens the file and reads its first line.
  ///
  /// - Throws: when the file cannot be read, is no recording, or has another version of the format.
  public init(path: String) throws(RecordingError) {
    var lines = try LineReader(path)
    let first = try lines.next()
    self.header = try RecordingHeader(line: first?.content ?? Data(), of: path)
    self.path = path
    self.lines = lines
  }

  /// The next event; nil at the end.
  ///
  /// - Throws: when the file cannot be read, or a line is none of this version of the format. A last
  ///   line that was cut off is not an error but the end.
  public mutating func next() throws(RecordingError) -> RecordedEvent? {
    guard let line = try self.lines.next() else { return nil }
    self.lineNumber += 1
    do throws(EventLine.Failure) {
      return try EventLine(decoding: line.content).recorded()
    } catch {
      guard line.isComplete else {
        self.cutOffLine =
          "The last line of \(self.path) (line \(self.lineNumber)) was cut off; it is left out"
        return nil
      }
      throw RecordingError("Line \(self.lineNumber) of \(self.path) \(error.description)")
    }
  }
}

/// Cuts a file into lines.
private struct LineReader: ~Copyable {
  private let path: String
  private let descriptor: SystemPackage.FileDescriptor
  private var buffer = ByteBuffer()
  private var isAtEnd = false

  struct Line {
    var content: Data
    /// Whether its end is there.
    var isComplete: Bool
  }

  init(_ path: String) throws(RecordingError) {
    self.path = path
    do {
      self.descriptor = try SystemPackage.FileDescriptor.open(
        FilePath(path),
        .readOnly,
        options: .closeOnExec
      )
    } catch {
      throw RecordingError("The recording \(path) cannot be read: \(error)")
    }
  }

  deinit {
    // Nothing was written.
    try? self.descriptor.close()
  }

  mutating func next() throws(RecordingError) -> Line? {
    var searched = 0
    while true {
      let unsearched = self.buffer.readableBytesView.dropFirst(searched)
      if let end = unsearched.firstIndex(of: UInt8(ascii: "\n")) {
        let length = end - self.buffer.readerIndex
        let content = Data(self.buffer.readableBytesView.prefix(length))
        self.buffer.moveReaderIndex(forwardBy: length + 1)
        return Line(content: content, isComplete: true)
      }
      searched = self.buffer.readableBytes
      if self.isAtEnd {
        guard searched > 0 else { return nil }
        defer { self.buffer.clear() }
        return Line(content: Data(self.buffer.readableBytesView), isComplete: false)
      }
      try self.fill()
    }
  }

  private mutating func fill() throws(RecordingError) {
    self.buffer.discardReadBytes()
    let descriptor = self.descriptor
    do {
      let count = try self.buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 1 << 16) {
        try descriptor.read(into: $0)
      }
      self.isAtEnd = count == 0
    } catch {
      throw RecordingError("The recording \(self.path) cannot be read: \(error)")
    }
  }
}
