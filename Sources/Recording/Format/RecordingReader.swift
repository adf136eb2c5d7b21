internal import Foundation
internal import JSON
internal import SystemPackage

/// Reads a recording line by line, so that large ones need little memory.
public struct RecordingReader: ~Copyable {
  /// The first line of the file.
  public let header: RecordingHeader
  /// A sentence about the last line, if a killed process left it incomplete; set at the end.
  public private(set) var cutOffLine: String?
  private let path: String
  private var lines: LineReader
  private var lineNumber = 1

  /// Opens the file and reads its first line.
  ///
  /// - Throws: when the file cannot be read, is not a recording, or has another version of the
  ///   format.
  public init(path: String) throws(RecordingError) {
    var lines = try LineReader(path)
    let first = try lines.next()
    self.header = try RecordingHeader(line: first?.content ?? Data(), of: path)
    self.path = path
    self.lines = lines
  }

  /// The next event; nil at the end.
  ///
  /// - Throws: when the file cannot be read, or a line is invalid in this version of the format. A
  ///   last line that was cut off is not an error but the end.
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

/// The lines of a file.
private struct LineReader: ~Copyable {
  private static let chunkSize = 1 << 16

  private let path: String
  private let descriptor: SystemPackage.FileDescriptor
  private var buffer = LineBuffer()
  private var isAtEnd = false

  struct Line {
    var content: Data
    /// Whether the line end is present.
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
    while true {
      if let line = self.buffer.next() { return Line(content: Data(line), isComplete: true) }
      if self.isAtEnd {
        return self.buffer.rest().map { Line(content: Data($0), isComplete: false) }
      }
      try self.fill()
    }
  }

  private mutating func fill() throws(RecordingError) {
    let descriptor = self.descriptor
    do {
      let count = try self.buffer.add(atMost: Self.chunkSize) { try descriptor.read(into: $0) }
      self.isAtEnd = count == 0
    } catch {
      throw RecordingError("The recording \(self.path) cannot be read: \(error)")
    }
  }
}
