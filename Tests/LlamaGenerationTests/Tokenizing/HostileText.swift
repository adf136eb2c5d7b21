import TestTexts
import Testing

/// A text that costs libllama much, or could be cut in the wrong place.
struct HostileText: Sendable, CustomTestStringConvertible {
  var name: String
  /// What it repeats.
  var unit: String

  var testDescription: String { self.name }

  func text(bytes: Int) -> String {
    String(repeating: self.unit, count: max(1, bytes / self.unit.utf8.count))
  }

  static let all = [
    HostileText(name: "words", unit: "word and then some "),
    HostileText(name: "control tokens", unit: "<|im_start|>"),
    HostileText(name: "control tokens in words", unit: "a<|im_end|> b <|im_start|>user\n"),
    HostileText(name: "control tokens that overlap", unit: "<|im_end<|im_end|>|>"),
    HostileText(name: "beginnings of control tokens", unit: "<|im_start"),
    HostileText(name: "one letter", unit: "a"),
    HostileText(name: "a word without end", unit: "antidisestablishmentarianism"),
    HostileText(name: "capitals", unit: "ABCDEFG"),
    HostileText(name: "mixed case", unit: "aBcDEfgHI"),
    HostileText(name: "contractions", unit: "they'reading'sit'llama'd"),
    HostileText(name: "spaces", unit: " "),
    HostileText(name: "spaces before words", unit: "       x"),
    HostileText(name: "line feeds", unit: "\n"),
    HostileText(name: "lines", unit: "a line\nanother one\n\n  and more\n"),
    HostileText(name: "digits", unit: "7"),
    HostileText(name: "numbers", unit: "12345 67.89e10,"),
    HostileText(name: "marks", unit: "!"),
    HostileText(name: "apostrophes", unit: "'"),
    HostileText(name: "mixed marks", unit: "!?.,;:-+=/()[]{}`~"),
    HostileText(name: "base64", unit: "aGVsbG8gd29ybGQ+Zm9vL2Jhcg=="),
    HostileText(name: "Chinese", unit: "一二三四五六七八九十"),
    HostileText(name: "Chinese sentences", unit: "今天天气很好，我们去公园吧。"),
    HostileText(name: "Japanese", unit: "これはテストです。カタカナとひらがな"),
    HostileText(name: "Russian", unit: "Съешь ещё этих мягких французских булок "),
    HostileText(name: "a Russian word without end", unit: "превысокомногорассмотрительствующий"),
    HostileText(name: "Thai", unit: "ภาษาไทยไม่มีช่องว่างระหว่างคำ"),
    HostileText(name: "Arabic", unit: "السلام عليكم ورحمة الله "),
    HostileText(name: "Hindi", unit: "नमस्ते दुनिया "),
    HostileText(name: "faces", unit: "😀😃👩‍👩‍👧🎌"),
    HostileText(name: "private use", unit: "\u{E000}\u{E001}\u{F8FF}"),
    HostileText(name: "the escaped space", unit: "a▁b▁"),
    HostileText(name: "combining marks", unit: "e\u{301}\u{302}\u{303}"),
  ]
}

/// A text of characters and words of many kinds, in runs.
struct RandomText {
  private var random: SeededGenerator

  init(seed: Int) {
    self.random = SeededGenerator(seed: UInt64(seed))
  }

  private static let kinds: [[String]] = [
    "abcdefghijklmnopqrstuvwxyz".map(String.init), "ABCXYZ".map(String.init),
    "0123456789".map(String.init), "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~".map(String.init),
    [" "], [" "], ["\n"], [" ", "\n", "\t", "\r\n", "\u{A0}", "\u{3000}"],
    "абвгдежзАБВ".map(String.init), "一二三四五漢字".map(String.init), "あいうアイウ".map(String.init),
    "กขคงัี่".map(String.init), "אבגד".map(String.init), "😀🎌👍🏽".map(String.init),
    ["the ", "and ", "'s ", "'re", " I'll", "don't", " 100", "e\u{301}", "\u{200D}", "²", "\0"],
    ["<|im_start|>", "<|im_end|>", "</s>", "<s>", "<unk>", "<|endoftext|>", "[MASK]", "<pad>"],
    ["\u{FFFD}", "\u{E000}", "▁", "Ġ", "\u{1F9FF}", "\u{31350}", "ﷺ", "ẞ", "ß", "İ"],
  ]

  func text(characters: Int) -> String {
    var random = self.random
    var text = ""
    var count = 0
    while count < characters {
      let kind = Self.kinds[Int.random(in: Self.kinds.indices, using: &random)]
      // Mostly short, and now and then longer than a piece.
      let run = [1, 1, 2, 3, 5, 8, 30, 400][Int.random(in: 0 ..< 8, using: &random)]
      for _ in 0 ..< run { text += kind[Int.random(in: kind.indices, using: &random)] }
      count += run
    }
    return text
  }
}
