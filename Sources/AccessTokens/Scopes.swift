public import Identifiers

/// What an access token allows its user to do.
///
/// The claim `scope` has the names, separated by spaces (RFC 8693 section 4.2).
public struct Scopes: OptionSet, Hashable, Sendable, CustomStringConvertible {
  /// One bit for each scope.
  public let rawValue: UInt8

  /// Creates a set from its bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// "generate": generate text.
  public static let generate = Scopes(rawValue: 1 << 0)
  /// "log": write to the request log.
  public static let log = Scopes(rawValue: 1 << 1)
  /// "logs:read": read the user's own entries in the request log.
  public static let readLogs = Scopes(rawValue: 1 << 2)
  /// "admin": act on what belongs to other users.
  public static let admin = Scopes(rawValue: 1 << 3)

  private static let names: [(scope: Scopes, name: Identifier)] = [
    (.generate, "generate"), (.log, "log"), (.readLogs, "logs:read"), (.admin, "admin"),
  ]

  /// The scope with that name, such as "logs:read"; nil when there is none.
  public init?(name: Identifier) {
    guard let scope = Self.names.first(where: { $0.name == name })?.scope else { return nil }
    self = scope
  }

  /// The scopes with these names, separated by spaces; unknown names are ignored.
  init(knownIn names: String) {
    self = []
    // By hand and in bytes, because every verification does it.
    let bytes = names.utf8Span.span
    var start = 0
    for end in 0 ... bytes.count where end == bytes.count || bytes[end] == UInt8(ascii: " ") {
      self.formUnion(Self.scope(named: bytes.extracting(start ..< end)))
      start = end + 1
    }
  }

  private static func scope(named name: Span<UInt8>) -> Scopes {
    for known in Self.names {
      let bytes = known.name.text.utf8Span.span
      guard bytes.count == name.count else { continue }
      if bytes.indices.allSatisfy({ bytes[$0] == name[$0] }) { return known.scope }
    }
    return []
  }

  /// The names, as in a token: "generate log".
  public var description: String {
    Self.names.filter { self.contains($0.scope) }.map(\.name.text).joined(separator: " ")
  }
}
