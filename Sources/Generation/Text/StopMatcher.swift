/// Finds the first stop string in a text that comes in pieces, and holds back what might be the
/// beginning of one.
///
/// The first is the one that is complete first; of two that are complete at the same byte, the
/// longer. So the outcome does not depend on how the text is cut into pieces.
public struct StopMatcher: Sendable {
  /// What may be passed on.
  public struct Output: Sendable, Hashable {
    public var text: String
    /// The stop string that came up; `text` ends before it, and nothing may follow.
    public var matched: String?
  }

  private let stops: [[UInt8]]
  /// The end of the text so far that is a proper beginning of a stop string.
  private var held: [UInt8] = []

  /// - Parameter stops: in UTF-8, none of them empty.
  public init(_ stops: [String]) {
    self.stops = stops.map { Array($0.utf8) }.sorted { $0.count > $1.count }
  }

  /// Adds text, and returns what surely is before any stop string.
  public mutating func append(_ text: String) -> Output {
    if self.stops.isEmpty { return Output(text: text) }
    let start = self.held.count
    self.held.append(contentsOf: text.utf8)
    for end in start ..< self.held.count {
      if let stop = self.stops.first(where: { self.held[...end].hasSuffix($0) }) {
        let before = self.held[...end].dropLast(stop.count)
        defer { self.held = [] }
        return Output(
          text: String(decoding: before, as: UTF8.self),
          matched: String(decoding: stop, as: UTF8.self)
        )
      }
    }
    // Stop strings are whole characters and so is the text: what is held begins a character.
    let safe = self.held.count - self.lengthOfBegunStop()
    defer { self.held.removeFirst(safe) }
    return Output(text: String(decoding: self.held[..<safe], as: UTF8.self))
  }

  /// Returns what was held back: the text has ended without a stop string.
  public mutating func finish() -> String {
    defer { self.held = [] }
    return String(decoding: self.held, as: UTF8.self)
  }

  private func lengthOfBegunStop() -> Int {
    var longest = 0
    for stop in self.stops {
      let limit = min(stop.count - 1, self.held.count)
      if limit <= longest { continue }
      for length in (longest + 1 ... limit).reversed()
      where self.held.hasSuffix(stop[..<length]) {
        longest = length
        break
      }
    }
    return longest
  }
}

extension BidirectionalCollection<UInt8> {
  fileprivate func hasSuffix(_ suffix: some BidirectionalCollection<UInt8>) -> Bool {
    self.count >= suffix.count && self.suffix(suffix.count).elementsEqual(suffix)
  }
}
