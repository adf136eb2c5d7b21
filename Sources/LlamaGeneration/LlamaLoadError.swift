/// Why a model cannot be loaded.
public struct LlamaLoadError: Error, Hashable, CustomStringConvertible {
  /// What is wrong: with the file, or what would be needed and what there is.
  public var message: String
  /// What may help; nil: another file.
  public var remedy: Remedy?

  /// What may help against the error.
  public enum Remedy: Hashable, Sendable {
    /// A smaller number of one of these in the configuration.
    case lower([Parameter])
    /// What libllama logs at level `debug`, which says more.
    case debugLog
  }

  /// What a `LlamaConfiguration` has by the same name.
  public enum Parameter: String, Hashable, Sendable {
    case parallel
    case contextLength
    case prefixCacheSize
  }

  /// Creates an error.
  public init(_ message: String, _ remedy: Remedy? = nil) {
    self.message = message
    self.remedy = remedy
  }

  /// The message, with the remedy if there is one.
  public var description: String {
    switch self.remedy {
    case .lower(let parameters):
      "\(self.message): lower \(Self.alternatives(parameters.map(\.rawValue)))"
    case .debugLog: "\(self.message) (the log at level debug tells more)"
    case nil: self.message
    }
  }

  /// "a, b or c".
  package static func alternatives(_ names: [String]) -> String {
    let first = names.dropLast().joined(separator: ", ")
    return ([first] + names.suffix(1)).filter { !$0.isEmpty }.joined(separator: " or ")
  }
}
