internal import COpenSSL
internal import JSON

/// Bytes that nobody can guess, from OpenSSL's generator.
enum Random {
  static func bytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let result = bytes.withUnsafeMutableBufferPointer {
      RAND_bytes($0.baseAddress, Int32($0.count))
    }
    // A machine without randomness can make no secret, and nothing else to go on with.
    precondition(result == 1, "OpenSSL has no random bytes")
    return bytes
  }

  /// A name that nobody else has: 22 characters, 128 bits.
  static func identifier() -> String {
    Base64URL.encode(self.bytes(16))
  }
}
