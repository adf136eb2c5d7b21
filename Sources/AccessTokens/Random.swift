internal import COpenSSL
internal import JSON

/// Unpredictable bytes from OpenSSL's generator.
enum Random {
  static func bytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let result = bytes.withUnsafeMutableBufferPointer {
      RAND_bytes($0.baseAddress, Int32($0.count))
    }
    // Without randomness no secret can be made, and there is no safe way to continue.
    precondition(result == 1, "OpenSSL has no random bytes")
    return bytes
  }

  /// A unique name: 22 characters, 128 random bits.
  static func identifier() -> String {
    Base64URL.encode(self.bytes(16))
  }
}
