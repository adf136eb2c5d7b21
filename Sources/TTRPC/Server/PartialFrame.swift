internal import RPC

/// Counts the bytes of an incomplete frame.
struct PartialFrame {
  private var length = 0

  /// The bytes that are accepted even when memory is short.
  private static let harmlessLength = 64 << 10

  /// - Returns: whether there is room. If not, close the connection.
  mutating func count(_ length: Int, in load: CallLoad) -> Bool {
    guard length != self.length else { return true }
    for budget in [load.memory, load.partialMessages] { budget.add(length - self.length) }
    self.length = length
    guard length > Self.harmlessLength else { return true }
    return !load.partialMessages.isSpent && !load.memory.isSpent
  }
}
