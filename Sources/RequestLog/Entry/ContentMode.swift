/// How much of prompts and responses the log keeps. A log may hold entries of all modes.
public enum ContentMode: Sendable {
  /// The texts, which can be searched.
  case full
  /// Their sizes only.
  case metadataOnly
  /// Their sizes and hashes, which can prove that a given text was logged.
  ///
  /// - Parameter contentHash: hashes a text's UTF-8, such as with SHA-256; called in the tasks of
  ///   callers. It is given, because libcrypto belongs to another target.
  case hashed(contentHash: @Sendable (_ text: String) -> [UInt8])
}
