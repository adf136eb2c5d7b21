/// How much of prompts and responses the log keeps. A log may hold entries of all modes.
public enum ContentMode: Sendable {
  /// The texts, which can be searched.
  case full
  /// Their sizes only.
  case metadataOnly
  /// Their sizes and hashes, which show whether a text that someone has is the one that was logged.
  ///
  /// - Parameter contentHash: such as SHA-256 over the UTF-8 of a text; it is called in the tasks
  ///   of callers. A store has no hash of its own, because libcrypto belongs to another target.
  case hashed(contentHash: @Sendable (_ text: String) -> [UInt8])
}
