/// Counts the bytes of what a caller has not sent to its end: a message, or a frame around it.
package struct PartialMessage {
  private var length = 0

  /// Creates the counter of nothing.
  package init() {}

  /// Counts the bytes that wait now in place of those that waited before.
  ///
  /// - Returns: whether there is room.
  package mutating func count(_ length: Int, in load: CallLoad) -> Bool {
    if length != self.length {
      for budget in [load.memory, load.partialMessages] { budget.add(length - self.length) }
      self.length = length
    }
    guard length > MemoryBudget.harmlessSize else { return true }
    return !load.partialMessages.isSpent && !load.memory.isSpent
  }
}

extension CallLoad {
  /// The error of what there is no room for.
  package var memoryIsSpent: CallError { self.memory.isSpentError }
}
