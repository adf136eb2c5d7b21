public import Identifiers

/// Finds the first stop string in a text that arrives in pieces, and holds back text that may be
/// the beginning of one.
///
/// The first stop string is the one that ends first; of two that end at the same byte, the longer.
/// So the result does not depend on how the text is cut into pieces.
///
/// The time is linear in the text's length and the number of stop strings (the Knuth-Morris-Pratt
/// algorithm for each).
public struct StopMatcher: Sendable {
  /// Text that may be passed on.
  public struct Output: Sendable, Hashable {
    /// Text that cannot be part of a stop string.
    @Bytewise public var text: String
    /// The stop string that was found; `text` ends before it, and nothing may follow.
    @Bytewise public var matched: String?
  }

  private var stops: [Stop]
  /// The end of the text so far that may begin a stop string.
  private var held: [UInt8] = []

  /// - Parameter stops: the stop strings; none is empty.
  public init(_ stops: [String]) {
    self.stops = stops.map { Stop(Array($0.utf8)) }.sorted { $0.bytes.count > $1.bytes.count }
  }

  /// Adds text, and returns what cannot be part of a stop string.
  public mutating func append(_ text: String) -> Output {
    if self.stops.isEmpty { return Output(text: text) }
    for byte in text.utf8 {
      self.held.append(byte)
      for index in self.stops.indices { self.stops[index].advance(by: byte) }
      if let stop = self.stops.first(where: \.isComplete) {
        defer { self.held = [] }
        return Output(
          text: String(decoding: self.held.dropLast(stop.bytes.count), as: UTF8.self),
          matched: String(decoding: stop.bytes, as: UTF8.self)
        )
      }
    }
    // Stop strings and text are whole characters, so the held text begins with one.
    let safe = self.held.count - (self.stops.lazy.map(\.begun).max() ?? 0)
    defer { self.held.removeFirst(safe) }
    return Output(text: String(decoding: self.held[..<safe], as: UTF8.self))
  }

  /// Returns the held text: the text has ended without a stop string.
  public mutating func finish() -> String {
    defer { self.held = [] }
    return String(decoding: self.held, as: UTF8.self)
  }
}

/// A stop string, and how much of it the text so far ends with.
private struct Stop {
  let bytes: [UInt8]
  /// For each prefix, the length of the longest shorter prefix that it ends with.
  private let shorter: [Int]
  private(set) var begun = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var shorter = [0, 0]
    for index in bytes.indices.dropFirst() {
      var length = shorter[index]
      while length > 0, bytes[length] != bytes[index] { length = shorter[length] }
      shorter.append(bytes[length] == bytes[index] ? length + 1 : 0)
    }
    self.shorter = shorter
  }

  var isComplete: Bool { self.begun == self.bytes.count }

  mutating func advance(by byte: UInt8) {
    if self.isComplete { self.begun = self.shorter[self.begun] }
    while self.begun > 0, self.bytes[self.begun] != byte { self.begun = self.shorter[self.begun] }
    if self.bytes[self.begun] == byte { self.begun += 1 }
  }
}
