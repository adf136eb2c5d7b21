internal import COpenSSL
internal import Synchronization

/// A secret and its algorithm. No description contains the secret, and it is wiped when the key
/// goes away.
final class HMACKey: Sendable {
  let algorithm: HMACAlgorithm
  private let state: Mutex<State>

  private struct State: ~Copyable {
    let secret: SecretMemory
    let context: HMACContext
  }

  /// - Throws: when the secret is shorter than the algorithm's hash (RFC 7518 section 3.2).
  init(_ algorithm: HMACAlgorithm, secret: borrowing Span<UInt8>) throws(KeyError) {
    guard secret.count >= algorithm.size else {
      throw KeyError(
        """
        the secret has \(secret.count) bytes, but \(algorithm.rawValue) needs at least \
        \(algorithm.size)
        """
      )
    }
    guard let memory = SecretMemory(copying: secret) else {
      throw KeyError("there is no memory for the secret")
    }
    let context = try HMACContext(algorithm, key: memory.bytes)
    self.algorithm = algorithm
    self.state = Mutex(State(secret: memory, context: context))
  }

  func sign(_ message: borrowing Span<UInt8>) -> Signature {
    self.state.withLock { $0.context.sign(message) }
  }

  /// Runs `body` with the secret. Copies must be wiped.
  func withSecret<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    self.state.withLock { state in
      body(state.secret.bytes.bindMemory(to: UInt8.self).span)
    }
  }
}

extension HMACKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  var description: String { "\(self.algorithm.rawValue) key" }

  var debugDescription: String { self.description }

  var customMirror: Mirror { Mirror(self, children: [:]) }
}
