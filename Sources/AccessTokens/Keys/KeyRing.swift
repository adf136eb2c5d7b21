internal import Synchronization

/// The keys of a key file, which may change while tokens are verified.
public final class KeyRing: Sendable {
  private let file: KeyFile
  private let now: @Sendable () -> NumericDate
  private let current: Mutex<KeySet>
  /// Held while the file is read or written, so that what was read first does not count last.
  private let isChanging = Mutex(())

  /// Reads a key file.
  ///
  /// - Throws: when the file is not there, may be read by others than its owner, belongs to another
  ///   user, or does not hold keys: at most 16, with a secret that is no shorter than the hash of its
  ///   algorithm (RFC 7518 section 3.2), of which exactly one signs.
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

  /// Makes a key file, with mode 0600 and one key, whose secret is random.
  ///
  /// - Parameter notAfter: when the key's tokens are refused; nil is never.
  /// - Throws: when the file is there already, or cannot be written.
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

  /// The keys as they were last read, those that are past their end among them.
  public var keys: [TokenKey] { self.keySet.keys }

  /// What the file has, as it was last read, that means nothing here and is ignored, as RFC 7517
  /// section 5 wants it: a sentence for each, which names the file, the key and the member.
  public var notices: [String] {
    self.keySet.ignored.map { "The key file \(self.file.path): \($0)" }
  }

  /// Reads the file again: tokens that are verified from now on are verified with its keys.
  ///
  /// - Throws: what `init` throws; the keys stay as they were then.
  public func reload() throws(KeyError) {
    try self.isChanging.withLock { _ throws(KeyError) in
      let keys = try self.file.read()
      self.current.withLock { $0 = keys }
    }
  }

  /// Puts a new key into the file, which signs from now on, and takes out the keys that are past
  /// their end. What is ignored is kept. Other servers with the same file need to reload it before they verify its tokens.
  ///
  /// - Parameters:
  ///   - algorithm: of the new key; nil is that of the key that signed until now.
  ///   - notAfter: when the new key's tokens are refused; nil is never.
  ///   - overlap: for how long the key that signed until now goes on verifying, unless it ends
  ///     earlier: no shorter than the lifetime of its tokens.
  /// - Returns: the new key.
  /// - Throws: when the file cannot be read or written; it stays as it was then.
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
