/// Compares and hashes text properties by their bytes in types with a synthesized `Hashable`:
///
///     struct Entry: Hashable {
///       @Bytewise var prompt: String
///     }
@propertyWrapper
@frozen
public struct Bytewise<Value: BytewiseComparable>: Hashable, Sendable {
  /// The value itself.
  public var wrappedValue: Value

  /// Wraps a value.
  @inlinable
  public init(wrappedValue: Value) {
    self.wrappedValue = wrappedValue
  }

  /// Compares by bytes.
  public static func == (left: Self, right: Self) -> Bool {
    left.wrappedValue.identifiers == right.wrappedValue.identifiers
  }

  /// Hashes by bytes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(self.wrappedValue.identifiers)
  }
}

/// A type that `Bytewise` can compare: texts, optional texts and arrays.
public protocol BytewiseComparable: Sendable {
  associatedtype Identifiers: Hashable

  /// The value with its texts as identifiers, which compare by bytes.
  var identifiers: Identifiers { get }
}

extension String: BytewiseComparable {
  /// The text as an identifier.
  public var identifiers: Identifier { Identifier(self) }
}

extension Optional: BytewiseComparable where Wrapped: BytewiseComparable {
  /// The wrapped value's identifiers.
  public var identifiers: Wrapped.Identifiers? { self.map(\.identifiers) }
}

extension Array: BytewiseComparable where Element: BytewiseComparable {
  /// The elements' identifiers.
  public var identifiers: [Element.Identifiers] { self.map(\.identifiers) }
}
