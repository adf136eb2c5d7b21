/// What the log has kept of a prompt and its response.
public enum EntryContent: Hashable, Sendable {
  case text(prompt: String, response: String)
  case hashes(prompt: [UInt8], response: [UInt8])
  case none
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

  /// Whether both can be of the same texts. Contents of two modes have nothing to compare.
  func isConsistent(with other: EntryContent) -> Bool {
    switch (self, other) {
    case (.text(let prompt, let response), .text(let otherPrompt, let otherResponse)):
      // Bytes are compared: for Swift, texts that only look the same are equal.
      prompt.utf8.elementsEqual(otherPrompt.utf8) && response.utf8.elementsEqual(otherResponse.utf8)
    case (.hashes, .hashes): self == other
    default: true
    }
  }
}
