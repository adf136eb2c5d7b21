/// Why a grammar cannot be used.
public struct GrammarError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, and where.
  public var message: String
  /// Whether the task was cancelled: the grammar may be valid.
  public var isCancellation: Bool

  init(_ message: String) {
    self.message = message
    self.isCancellation = false
  }

  static let cancelled = {
    var error = GrammarError("the work was cancelled")
    error.isCancellation = true
    return error
  }()

  /// The message.
  public var description: String { self.message }
}

/// Counts the work of compiling, and stops it when the task is cancelled.
struct CompilationWork {
  private(set) var count = 0
  private var next = Self.interval
  /// The work between two checks for cancellation.
  private static let interval = 4_096

  mutating func add(_ count: Int = 1) throws(GrammarError) {
    self.count += count
    guard self.count >= self.next else { return }
    self.next = self.count + Self.interval
    if Task.isCancelled { throw .cancelled }
  }
}
