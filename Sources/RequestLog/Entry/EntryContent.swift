internal import Identifiers

/// What the log stores of a prompt and its response.
public enum EntryContent: Sendable {
  /// Both texts.
  case text(prompt: String, response: String)
  /// A hash of each, which can prove that a given text was logged.
  case hashes(prompt: [UInt8], response: [UInt8])
  /// Only their sizes, which are in `StoredEntry`.
  case none
}

/// Texts are compared by bytes.
extension EntryContent: Hashable {
  /// Whether the kind and the bytes are equal.
  public static func == (left: EntryContent, right: EntryContent) -> Bool {
    switch (left, right) {
    case (.text(let prompt, let response), .text(let otherPrompt, let otherResponse)):
      Identifier(prompt) == Identifier(otherPrompt)
        && Identifier(response) == Identifier(otherResponse)
    case (.hashes(let prompt, let response), .hashes(let otherPrompt, let otherResponse)):
      prompt == otherPrompt && response == otherResponse
    case (.none, .none): true
    default: false
    }
  }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .text(let prompt, let response):
      hasher.combine(Identifier(prompt))
      hasher.combine(Identifier(response))
    case .hashes(let prompt, let response):
      hasher.combine(prompt)
      hasher.combine(response)
    case .none: break
    }
  }
}

extension EntryContent {
  init(of entry: NewEntry, _ mode: ContentMode) {
    self =
      switch mode {
      case .full: .text(prompt: entry.prompt, response: entry.response)
      case .metadataOnly: .none
      case .hashed(let hash): .hashes(prompt: hash(entry.prompt), response: hash(entry.response))
      }
  }

  /// Whether both can have come from the same texts. Contents of different modes cannot be
  /// compared.
  func isConsistent(with other: EntryContent) -> Bool {
    switch (self, other) {
    case (.text, .text), (.hashes, .hashes): self == other
    default: true
    }
  }
}
