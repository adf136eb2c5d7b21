internal import LogSearch
internal import MongoDB
internal import RequestLog

extension IndexedWords {
  /// Conditions that find at least all that a search finds; nil when that is nothing.
  func conditions(_ search: SearchTerms) -> [Value]? {
    let words = self.words(of: search).map { word -> Value in
      let text = String(decoding: word.bytes, as: UTF8.self)
      guard word.isPrefix else {
        return ["words": ["$in": [.text(text), .text(EntryDocument.anyWord)]]]
      }
      var range: Document = ["$gte": .text(text)]
      range.append("$lt", ifPresent: Self.end(ofPrefix: text).map { .text($0) })
      return [
        "$or": [
          ["words": ["$elemMatch": .document(range)]], ["words": .text(EntryDocument.anyWord)],
        ]
      ]
    }
    return words.isEmpty ? nil : words
  }

  /// The first text after all that begin with a prefix; nil when there is none. UTF-8 sorts like the
  /// numbers of its characters.
  private static func end(ofPrefix prefix: String) -> String? {
    var scalars = Array(prefix.unicodeScalars)
    while let last = scalars.popLast() {
      // Behind U+D7FF come surrogates, which are no characters.
      let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
      guard let next = Unicode.Scalar(next) else { continue }
      scalars.append(next)
      var text = ""
      text.unicodeScalars += scalars
      return text
    }
    return nil
  }
}
