internal import Synchronization

/// The keys of a key file, which can be reloaded while access tokens are verified.
public final class KeyRing: Sendable {
  private let file: KeyFile
  private let now: @Sendable () -> NumericDate
  private let current: Mutex<KeySet>
  /// Held while the file is read or written, so that an older read cannot replace a newer one.
  private let isChanging = Mutex(())

  /// Reads a key file.
  ///
  /// - Throws: when the file does not exist, others than its owner may read it, it belongs to
  ///   another user, or it does not hold valid keys: at most 16, each with a secret no shorter than
  ///   its algorithm's hash (RFC 7518 section 3.2), and exactly one that signs.
  public convenience init(
    path: String,
    now: @escaping @Sendable () -> NumericDate = { .now }
  ) throws(KeyError) {
    let file = KeyFile(path: path)
    self.init(file: file, keys: try file.read(), now: now)
  }

  private init(file: KeyFile, keys: KeySet, now: @escaping @Sendable () -> NumericDate) {
    self.file = file
    self.now = now
    self.current = Mutex(keys)
  }

  /// Creates a key file, with mode 0600 and one random key.
  ///
  /// - Parameter notAfter: when the key's tokens are refused from; nil is never.
  /// - Throws: when the file exists, or cannot be written.
  public static func create(
    path: String,
    algorithm: HMACAlgorithm = .hs256,
    notAfter: NumericDate? = nil,
    now: @escaping @Sendable () -> NumericDate = { .now }
  ) throws(KeyError) -> KeyRing {
    let key = try TokenKey.random(algorithm, created: now().rounded, notAfter: notAfter)
    let keys = try KeySet([key])
    let file = KeyFile(path: path)
    try file.create(keys)
    return KeyRing(file: file, keys: keys, now: now)
  }

  /// The keys as last read, including expired ones.
  public var keys: [TokenKey] { self.keySet.keys }

  /// What was ignored in the file when it was last read, as RFC 7517 section 5 requires: one
  /// sentence each, which names the file, the key and the member.
  public var notices: [String] {
    self.keySet.ignored.map { "The key file \(self.file.path): \($0)" }
  }

  /// Reads the file again; later verifications use its keys.
  ///
  /// - Throws: as `init`; the keys then stay as they were.
  public func reload() throws(KeyError) {
    try self.isChanging.withLock { _ throws(KeyError) in
      let keys = try self.file.read()
      self.current.withLock { $0 = keys }
    }
  }

  /// Adds a key to the file, which signs from now on, and removes expired keys. What is ignored is
  /// kept. Other servers with the same file must reload it before they can verify its tokens.
  ///
  /// - Parameters:
  ///   - algorithm: of the new key; nil is that of the previous signing key.
  ///   - notAfter: when the new key's tokens are refused from; nil is never.
  ///   - overlap: how long the previous signing key still verifies, unless it expires earlier;
  ///     should be no shorter than the lifetime of its tokens.
  /// - Returns: the new key.
  /// - Throws: when the file cannot be read or written; it then stays as it was.
  @discardableResult
  public func rotate(
    to algorithm: HMACAlgorithm? = nil,
    notAfter: NumericDate? = nil,
    overlap: Duration
  ) throws(KeyError) -> TokenKey {
    try self.isChanging.withLock { _ throws(KeyError) in
      let now = self.now().rounded
      let keys = try self.file.update { old throws(KeyError) in
        try old.rotated(
          to: try TokenKey.random(
            algorithm ?? old.signing.algorithm,
            created: now,
            notAfter: notAfter
          ),
          retiringAt: now + overlap,
          now: now
        )
      }
      self.current.withLock { $0 = keys }
      return keys.signing
    }
  }

  var keySet: KeySet {
    self.current.withLock { $0 }
  }
}
