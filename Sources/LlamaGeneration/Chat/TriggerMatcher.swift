internal import CLlamaChat

/// What begins a part of a text that is held to a grammar.
enum Trigger: Sendable, Hashable {
  /// This text.
  case text([UInt8])
  /// A regular expression in ECMAScript's syntax; the first of its groups that matches begins it.
  case pattern(String)
}

/// Finds the first trigger in a text that comes in pieces.
struct TriggerMatcher {
  private let triggers: [Trigger]
  /// The end of the text, in which a trigger may have begun.
  private var end: [UInt8] = []
  private var isBeginning = true

  /// How far patterns reach back: further than the words of any model's form.
  private static let reach = 512

  init(_ triggers: [Trigger]) {
    self.triggers = triggers
  }

  /// Adds the next piece.
  ///
  /// - Returns: the text from the first trigger on, when it has one.
  mutating func append(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    if bytes.isEmpty { return nil }
    self.end += bytes
    if let found = self.triggers.compactMap({ self.place(of: $0) }).min() {
      return self.end[found...]
    }
    let surplus = self.end.count - Self.reach
    if surplus > 0 {
      self.end.removeFirst(surplus)
      self.isBeginning = false
    }
    return nil
  }

  private func place(of trigger: Trigger) -> Int? {
    switch trigger {
    case .text(let text):
      return self.end.firstRange(of: text)?.lowerBound
    case .pattern(let pattern):
      let place = self.end.withUnsafeBufferPointer { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          llama_chat_find(pattern, $0.baseAddress, bytes.count, self.isBeginning)
        }
      }
      return place < 0 ? nil : place
    }
  }
}
