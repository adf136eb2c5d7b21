internal import Identifiers

/// What a server demands of its callers. No text that describes it has it.
public struct APIKey: Sendable, Hashable {
  let secret: Identifier

  /// - Parameter text: visible ASCII characters, as headers take them.
  /// - Returns: nil when it is empty, or has others.
  public init?(_ text: String) {
    guard !text.isEmpty, text.utf8.allSatisfy({ 0x21 ... 0x7E ~= $0 }) else { return nil }
    self.secret = Identifier(text)
  }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// A text without the key.
  public var description: String { "(a key)" }

  /// A text without the key.
  public var debugDescription: String { self.description }

  /// Nothing: `dump` would show the key.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
