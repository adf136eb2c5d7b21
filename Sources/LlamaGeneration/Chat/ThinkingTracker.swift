/// How a model marks what it thinks before its answer.
struct ThinkingForm: Sendable {
  /// The text that begins it.
  var start: [UInt8]
  /// The texts that end it. The first one is written when the model has thought enough.
  var ends: [[UInt8]]
  /// Whether the prompt has begun it.
  var isOpen: Bool

  /// - Parameter prompt: the end of the prompt, with which the answer begins.
  init?(start: String, ends: [String], prompt: String) {
    let ends = ends.filter { !$0.isEmpty }.map { Array($0.utf8) }
    if start.isEmpty || ends.isEmpty { return nil }
    self.start = Array(start.utf8)
    self.ends = ends
    let prompt = Array(prompt.utf8)
    self.isOpen =
      prompt.ranges(of: self.start).last.map { range in
        ends.allSatisfy { prompt[range.upperBound...].firstRange(of: $0) == nil }
      } ?? false
  }
}

/// Tells what a model thinks from its answer, in a text that comes token by token.
struct ThinkingTracker {
  private enum State {
    /// Nothing came yet but this: white space, and perhaps a part of the text that begins thinking.
    case before([UInt8])
    /// The end of what it thinks, in which a text that ends it may have begun.
    case open([UInt8])
    case over
  }

  private let form: ThinkingForm
  private var state: State
  /// The tokens so far of what it thinks, with those of the texts around it.
  private(set) var tokenCount = 0

  init(_ form: ThinkingForm) {
    self.form = form
    self.state = form.isOpen ? .open([]) : .before([])
  }

  /// Whether the next token belongs to what it thinks.
  var isOpen: Bool {
    if case .open = self.state { true } else { false }
  }

  /// Adds the text of the next token.
  ///
  /// - Returns: what belongs to the answer, from the text that ended the thinking on.
  mutating func append(_ bytes: [UInt8]) -> [UInt8] {
    switch self.state {
    case .over:
      return bytes
    case .before(let before):
      let text = before + bytes
      let visible = text.drop { $0.isWhiteSpace }
      self.tokenCount += 1
      if visible.starts(with: self.form.start) {
        self.state = .open([])
        return self.close(Array(visible.dropFirst(self.form.start.count)))
      }
      if self.form.start.starts(with: visible) {
        self.state = .before(text)
        return []
      }
      self.state = .over
      self.tokenCount = 0
      return text
    case .open(let end):
      self.tokenCount += 1
      return self.close(end + bytes)
    }
  }

  private mutating func close(_ text: [UInt8]) -> [UInt8] {
    if let end = self.form.ends.compactMap({ text.firstRange(of: $0)?.lowerBound }).min() {
      self.state = .over
      return Array(text[end...])
    }
    let longest = self.form.ends.map(\.count).max() ?? 0
    self.state = .open(text.suffix(longest))
    return []
  }
}
