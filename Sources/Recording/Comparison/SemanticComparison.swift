internal import Identifiers
internal import Protobuf
internal import RPC
internal import TTRPC

/// Compares connections by meaning.
struct SemanticComparison {
  private let connection: Int
  private(set) var differences: [Difference] = []

  init(_ connection: Int, recorded: ConnectionMeaning, replayed: ConnectionMeaning) {
    self.connection = connection
    let ids = Set(recorded.streams.keys).union(replayed.streams.keys)
    for id in ids.sorted() {
      self.compare(
        recorded.streams[id] ?? StreamMeaning(nil),
        replayed.streams[id] ?? StreamMeaning(nil),
        id
      )
    }
    let count = max(recorded.words.count, replayed.words.count)
    for index in 0 ..< count where recorded.words[at: index] != replayed.words[at: index] {
      self.differ(
        "the server of the connection itself, word \(index + 1)",
        recorded.words[at: index]?.text,
        replayed.words[at: index]?.text
      )
    }
    self.compareAnswers(recorded.answers, replayed.answers)
    if recorded.isClosed != replayed.isClosed {
      self.differ(
        "the end of the connection",
        recorded.isClosed ? "the server closes it" : "the server keeps it open",
        replayed.isClosed ? "the server closes it" : "the server keeps it open"
      )
    }
  }

  private mutating func compare(
    _ recorded: StreamMeaning,
    _ replayed: StreamMeaning,
    _ stream: UInt32
  ) {
    let place = Place(
      stream: stream,
      method: recorded.call?.method.method.text,
      hasSeveralTexts: recorded.hasSeveralTexts || replayed.hasSeveralTexts
    )
    if recorded.isCutByTime && (recorded.status == nil || recorded.status == replayed.status) {
      let indexes = Set((recorded.items + replayed.items).map(\.textIndex))
      for index in indexes.sorted(by: { ($0 ?? -1) < ($1 ?? -1) }) {
        let (ours, theirs) = (recorded.items(ofText: index), replayed.items(ofText: index))
        self.compareBeginnings(ours, theirs, place, hasEnded: recorded.status != nil)
      }
      return
    }
    let count = max(recorded.items.count, replayed.items.count)
    for index in 0 ..< count {
      let (ours, theirs) = (recorded.items[at: index], replayed.items[at: index])
      if ours != theirs {
        self.compare(ours, theirs, place)
        // After a missing message, all later ones differ as well.
        if ours == nil || theirs == nil || !Self.areOfOneKind(ours, theirs) { return }
      }
    }
    if recorded.isNumbered != replayed.isNumbered {
      self.differ("seq", Self.numbering(recorded), Self.numbering(replayed), place)
    }
  }

  /// If timing cut the text off, only the part that both have is compared.
  ///
  /// - Parameter hasEnded: whether the recorded stream has ended.
  private mutating func compareBeginnings(
    _ recorded: [StreamMeaning.Item],
    _ replayed: [StreamMeaning.Item],
    _ place: Place,
    hasEnded: Bool
  ) {
    for (ours, theirs) in zip(recorded, replayed) where ours != theirs {
      if case .text(let ours) = ours, case .text(let theirs) = theirs {
        if ours.beginsAs(theirs) { continue }
      }
      // One of them was cut off before the other's text.
      if case .end = ours { return }
      if case .end = theirs { return }
      if !hasEnded, case .message = theirs, case .text = ours { return }
      // Which of several texts had ended by then depends on timing, too.
      if place.hasSeveralTexts && (ours.isAborted || theirs.isAborted) { return }
      self.compare(ours, theirs, place)
      return
    }
  }

  private mutating func compare(
    _ recorded: StreamMeaning.Item?,
    _ replayed: StreamMeaning.Item?,
    _ place: Place
  ) {
    switch (recorded, replayed) {
    case (.text(let recorded), .text(let replayed)) where recorded.index == replayed.index:
      self.compare(recorded, replayed, place)
    case (.end(let recorded), .end(let replayed)):
      self.differ("status", recorded.text, replayed.text, place)
    case (nil, _):
      self.differ("nothing more was recorded", nil, replayed?.text, place)
    case (_, nil):
      self.differ("something is missing", recorded?.text, nil, place)
    default:
      self.differ("another answer", recorded?.text, replayed?.text, place)
    }
  }

  private mutating func compare(
    _ recorded: StreamMeaning.Text,
    _ replayed: StreamMeaning.Text,
    _ place: Place
  ) {
    let which = place.hasSeveralTexts ? " of index \(recorded.index)" : ""
    let texts = [
      ("text", recorded.text, replayed.text),
      ("reasoning_text", recorded.reasoning, replayed.reasoning),
      ("tool_calls", recorded.callLines, replayed.callLines),
    ]
    if let (name, ours, theirs) = texts.first(where: { Identifier($0.1) != Identifier($0.2) }) {
      self.compare(ours, theirs, "\(name)\(which)", place)
    } else if recorded.tokens != replayed.tokens {
      self.differ(
        "token_ids\(which)",
        MessageJSON(.list(recorded.tokens)).text,
        MessageJSON(.list(replayed.tokens)).text,
        place
      )
    } else {
      self.differ(
        "logprobs\(which)",
        MessageJSON(.list(recorded.logprobs)).text,
        MessageJSON(.list(replayed.logprobs)).text,
        place
      )
    }
  }

  private mutating func compare(
    _ recorded: String,
    _ replayed: String,
    _ name: String,
    _ place: Place
  ) {
    let same = zip(recorded, replayed).prefix { $0.utf8.elementsEqual($1.utf8) }.count
    // Two encodings of the same characters look the same, so they are shown as codes.
    let looksSame = recorded == replayed  // compares what people see
    self.differ(
      "\(name), from its character \(same + 1) on",
      recorded.excerpt(from: same, asCodes: looksSame),
      replayed.excerpt(from: same, asCodes: looksSame),
      place
    )
  }

  private struct Place {
    var stream: UInt32
    var method: String?
    var hasSeveralTexts: Bool
  }

  private mutating func differ(
    _ subject: String,
    _ recorded: String?,
    _ replayed: String?,
    _ place: Place? = nil
  ) {
    let words = [
      "connection \(self.connection)", place.map { "stream \($0.stream)" }, place?.method,
    ]
    self.differences.append(
      Difference(
        place: words.compactMap(\.self).joined(separator: ", "),
        subject: subject,
        recorded: recorded ?? "nothing",
        replayed: replayed ?? "nothing"
      )
    )
  }

  /// Compares what is no frame of ttrpc.
  private mutating func compareAnswers(
    _ recorded: [UInt32: StreamProgress],
    _ replayed: [UInt32: StreamProgress]
  ) {
    let nothing = StreamProgress()
    for number in Set(recorded.keys).union(replayed.keys).sorted()
    where recorded[number] ?? nothing != replayed[number] ?? nothing {
      self.differ(
        number == ExtensionFrame.stream ? "what is no frame" : "HTTP, answer \(number)",
        recorded[number].map { Self.text(of: $0) },
        replayed[number].map { Self.text(of: $0) }
      )
    }
  }

  private static func text(of answer: StreamProgress) -> String {
    "\(answer.units) heads and bytes of content" + (answer.ends > 0 ? ", and the end" : "")
  }

  private static func areOfOneKind(
    _ recorded: StreamMeaning.Item?,
    _ replayed: StreamMeaning.Item?
  ) -> Bool {
    switch (recorded, replayed) {
    case (.text(let recorded), .text(let replayed)): recorded.index == replayed.index
    case (.message, .message), (.end, .end), (.odd, .odd): true
    default: false
    }
  }

  private static func numbering(_ meaning: StreamMeaning) -> String {
    meaning.isNumbered ? "counts the messages" : "does not count the messages"
  }
}

extension StreamMeaning {
  /// The items of one text, or of no text.
  fileprivate func items(ofText index: Int?) -> [Item] {
    self.items.filter { $0.textIndex == index }
  }
}

extension StreamMeaning.Text {
  /// Whether the one is the beginning of the other, in all parts.
  fileprivate func beginsAs(_ other: Self) -> Bool {
    self.text.beginsAs(other.text) && self.reasoning.beginsAs(other.reasoning)
      && self.calls.allSatisfy { index, call in
        other.calls[index].map {
          Identifier(call.name) == Identifier($0.name) && call.arguments.beginsAs($0.arguments)
        } ?? true
      }
  }
}

extension StreamMeaning.Item {
  fileprivate var text: String {
    switch self {
    case .message(let message): MessageJSON(message).text
    case .text(let text):
      ([text.text] + [text.reasoning, text.callLines].filter { !$0.isEmpty })
        .map { MessageJSON(.text(Identifier($0))).text }.joined(separator: " ")
        + (text.index > 0 ? " of index \(text.index)" : "")
    case .end(let status): "the end, \(status)"
    case .odd(let frame): frame.text
    }
  }
}

extension Array {
  fileprivate subscript(at index: Int) -> Element? {
    self.indices.contains(index) ? self[index] : nil
  }
}

extension String {
  /// Whether the one is the beginning of the other.
  fileprivate func beginsAs(_ other: String) -> Bool {
    let length = min(self.utf8.count, other.utf8.count)
    return self.utf8.prefix(length).elementsEqual(other.utf8.prefix(length))
  }

  /// A part of the text, from shortly before `position`.
  ///
  /// - Parameter asCodes: whether to write characters that are not ASCII as codes, such as \u{E9}.
  fileprivate func excerpt(from position: Int, asCodes: Bool) -> String {
    let start = Swift.max(0, position - 20)
    let excerpt = self.dropFirst(start).prefix(60)
    let isCut = start + excerpt.count < self.count
    let text = (start > 0 ? "..." : "") + excerpt + (isCut ? "..." : "")
    let quoted = MessageJSON(.text(Identifier(text))).text
    guard asCodes else { return quoted }
    return quoted.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
  }
}
