/// Why a grammar cannot be followed.
public struct GrammarError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, and where.
  public var message: String
  /// Whether the task was cancelled before the end: nothing is known about the grammar.
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

  public var description: String { self.message }
}

/// Counts what compiling does, and notices that nobody waits for it any more.
struct CompilationWork {
  private(set) var count = 0
  private var next = Self.interval
  /// How much is done between two looks at whether the task is cancelled.
  private static let interval = 4_096

  mutating func add(_ count: Int = 1) throws(GrammarError) {
    self.count += count
    guard self.count >= self.next else { return }
    self.next = self.count + Self.interval
    if Task.isCancelled { throw .cancelled }
  }
}
