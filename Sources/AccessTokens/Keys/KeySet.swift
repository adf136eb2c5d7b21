internal import Identifiers

/// The keys of a key file: at least one, exactly one of which signs, with unique names.
struct KeySet: Sendable {
  /// Bounded, because tokens without a `kid` are tried with each key.
  static let maximumCount = 16

  let keys: [TokenKey]
  /// What was ignored in the file: one clause each.
  let ignored: [String]
  private let signingIndex: Int

  /// - Throws: when the keys break one of these rules.
  init(_ keys: [TokenKey], ignored: [String] = []) throws(KeyError) {
    guard keys.count <= Self.maximumCount else {
      throw KeyError("there are more than \(Self.maximumCount) keys")
    }
    let signing = keys.indices.filter { keys[$0].isSigning }
    guard let signingIndex = signing.first, signing.count == 1 else {
      let count = "\(signing.count) keys have \"sign\" in key_ops: exactly one signs"
      throw KeyError(([count] + ignored).joined(separator: "; "))
    }
    for (index, key) in keys.enumerated() where keys[..<index].contains(where: { $0.id == key.id })
    {
      throw KeyError("two keys have the kid \"\(key.id)\"")
    }
    for key in keys where !(key.notAfter.map(NumericDate.range.contains) ?? true) {
      throw KeyError("the key \"\(key.id)\" would end after the year 9999: choose a shorter time")
    }
    self.keys = keys
    self.ignored = ignored
    self.signingIndex = signingIndex
  }

  /// The key that signs.
  var signing: TokenKey { self.keys[self.signingIndex] }

  func key(named id: Identifier) -> TokenKey? {
    self.keys.first { $0.id == id }
  }

  /// The set in which `key` signs, the previous signing key only verifies, until `end` at most, and
  /// expired keys are removed.
  func rotated(
    to key: TokenKey,
    retiringAt end: NumericDate,
    now: NumericDate
  ) throws(KeyError) -> KeySet {
    var keys = self.keys.filter { $0.isUsable(at: now) }
    for index in keys.indices where keys[index].isSigning {
      keys[index].isSigning = false
      keys[index].notAfter = min(keys[index].notAfter ?? end, end)
    }
    return try KeySet(keys + [key], ignored: self.ignored)
  }
}
