/// Has a text, or texts, of a value compared and hashed by their bytes, where the value's own
/// comparison is made by the compiler:
///
///     struct Entry: Hashable {
///       @Bytewise var prompt: String
///     }
@propertyWrapper
@frozen
public struct Bytewise<Value: BytewiseComparable>: Hashable, Sendable {
  public var wrappedValue: Value

  @inlinable
  public init(wrappedValue: Value) {
    self.wrappedValue = wrappedValue
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.wrappedValue.identifiers == right.wrappedValue.identifiers
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(self.wrappedValue.identifiers)
  }
}

/// What `Bytewise` compares: texts, and arrays of them.
public protocol BytewiseComparable: Sendable {
  associatedtype Identifiers: Hashable

  /// The same as what is compared by its bytes.
  var identifiers: Identifiers { get }
}

extension String: BytewiseComparable {
  public var identifiers: Identifier { Identifier(self) }
}

extension Optional: BytewiseComparable where Wrapped: BytewiseComparable {
  public var identifiers: Wrapped.Identifiers? { self.map(\.identifiers) }
}

extension Array: BytewiseComparable where Element: BytewiseComparable {
  public var identifiers: [Element.Identifiers] { self.map(\.identifiers) }
}
