/// Looks ahead of a text at what its grammar allows, with little work, and none that counts for the
/// text's matcher.
public struct Lookahead: Sendable {
  private let automaton: Automaton
  private var ways: Automaton.Memory.Ways
  /// How many places may still be visited.
  private var work = Self.maximumWork

  private static let maximumWork = 4_000

  init(_ automaton: Automaton, _ ways: Automaton.Memory.Ways) {
    self.automaton = automaton
    self.ways = ways
  }

  /// The bytes that must follow, because nothing else may, and the text may not end before them.
  ///
  /// - Parameter limit: the most bytes.
  /// - Returns: as many as the work that is left finds.
  public mutating func forcedBytes(atMost limit: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var ways = self.ways
    while bytes.count < limit,
      let (byte, next) = self.withMemory({ memory throws(GrammarError) in
        try memory.forcedByte(ways)
      })
    {
      bytes.append(byte)
      ways = next
    }
    return bytes
  }

  /// Goes past some bytes.
  ///
  /// - Returns: whether they may follow; false also when that takes too much work.
  public mutating func append(_ bytes: some Sequence<UInt8>) -> Bool {
    let ways = self.ways
    let next = self.withMemory { memory throws(GrammarError) in
      try memory.ways(after: bytes, from: ways)
    }
    self.ways = next ?? Automaton.Memory.Ways()
    return self.ways.mayEnd || !self.ways.places.isEmpty
  }

  /// - Returns: nil also when there is too much work.
  private mutating func withMemory<Result: Sendable>(
    _ body: (inout Automaton.Memory) throws(GrammarError) -> Result?
  ) -> Result? {
    let limit = self.work
    let outcome = try? self.automaton.withMemory { memory throws(GrammarError) in
      memory.work = 0
      memory.maximumWork = limit
      return (try body(&memory), memory.work)
    }
    // A call that failed leaves nothing for others.
    self.work -= outcome?.1 ?? limit
    return outcome?.0
  }
}

extension Automaton.Memory {
  /// The byte that must follow, and the ways after it; nil when several may, or the text may end.
  fileprivate mutating func forcedByte(
    _ ways: Ways
  ) throws(GrammarError) -> (byte: UInt8, next: Ways)? {
    if ways.mayEnd || ways.places.count > Self.mostPlaces { return nil }
    var bytes = ByteSet()
    for place in ways.places { bytes.formUnion(self.bytes(at: place)) }
    if bytes.count > Self.mostBytes { return nil }
    var forced: (UInt8, Ways)?
    // Some of them may not follow: see `bytes(at:)`.
    for byte in bytes.elements {
      let next = try self.step(ways, byte)
      if next.places.isEmpty && !next.mayEnd { continue }
      if forced != nil { return nil }
      forced = (byte, next)
    }
    return forced
  }

  /// With more places or possible bytes, it is not found out whether only one byte may follow.
  private static let mostPlaces = 64
  private static let mostBytes = 16
}

extension Matcher {
  /// What may follow the text so far.
  public var lookahead: Lookahead { Lookahead(self.automaton, self.ways) }
}
