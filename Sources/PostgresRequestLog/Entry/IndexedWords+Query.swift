internal import LogSearch
internal import RequestLog

extension IndexedWords {
  /// A `tsquery` that finds at least all that a search finds; nil when that is nothing.
  func query(_ search: SearchTerms) -> String? {
    let words = self.words(of: search).map { word in
      // Words have neither quotes nor backslashes in them: these separate words.
      "'\(String(decoding: word.bytes, as: UTF8.self))'\(word.isPrefix ? ":*" : "")"
    }
    return words.isEmpty ? nil : words.sorted().joined(separator: " & ")  // compares words of ours
  }
}
