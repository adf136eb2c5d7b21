/// A text cut into tokens, for `ScriptedGenerator`.
public struct Script: Sendable {
  /// The bytes of each token, which may not be whole characters.
  let tokens: [[UInt8]]
  /// The delta of each token, for requests without stop strings.
  let deltas: [GenerationDelta?]
  /// Whether the text repeats; then only `maxTokens` and stop strings end it.
  private(set) var repeats: Bool
  /// Whether the text has anything to be read by a `ScriptedAnswerReader`.
  let hasMarks: Bool

  /// Cuts a text before its spaces, as tokenizers do: "To be," becomes "To" and " be,".
  public init(_ text: String, repeats: Bool = false) {
    self.init(tokens: Self.words(of: text).map { Array($0.utf8) }, repeats: repeats)
  }

  /// Cuts a text every `bytesPerToken` bytes, even within a character.
  public init(_ text: String, bytesPerToken: Int, repeats: Bool = false) {
    let bytes = Array(text.utf8)
    let starts = stride(from: 0, to: bytes.count, by: bytesPerToken)
    self.init(
      tokens: starts.map { Array(bytes[$0 ..< min($0 + bytesPerToken, bytes.count)]) },
      repeats: repeats
    )
  }

  private init(tokens: [[UInt8]], repeats: Bool) {
    var assembler = DeltaAssembler(stop: [])
    self.tokens = tokens
    self.deltas = tokens.enumerated().map { assembler.append(Int32($0), bytes: $1) }
    self.repeats = repeats && !tokens.isEmpty
    self.hasMarks = ScriptedAnswerReader.concerns(Array(tokens.joined()))
  }

  /// The same text, which does not repeat.
  var once: Script {
    var script = self
    script.repeats = false
    return script
  }

  /// The tokens of a text, as substrings.
  static func words(of text: String) -> [Substring] {
    var words: [Substring] = []
    var start = text.startIndex
    let space = UInt8(ascii: " ")
    var previous = space
    for index in text.utf8.indices {
      let byte = text.utf8[index]
      if byte == space && previous != space {
        words.append(text[start ..< index])
        start = index
      }
      previous = byte
    }
    if start < text.endIndex { words.append(text[start...]) }
    return words
  }
}
