/// Why a recording cannot be read, written or replayed.
public struct RecordingError: Error, Hashable, CustomStringConvertible {
  /// One sentence that names the file, and the line if one is wrong.
  public let message: String

  /// The error's message.
  public var description: String { self.message }

  init(_ message: String) {
    self.message = message
  }
}
