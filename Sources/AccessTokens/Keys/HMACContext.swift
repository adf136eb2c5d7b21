internal import COpenSSL

/// HMAC (RFC 2104) by OpenSSL (EVP_MAC), with one hash function and one key.
///
/// OpenSSL keeps the key's state between signatures, so that each one needs no set-up. That state
/// is in OpenSSL's memory, which core dumps would contain: see `ProcessMemory`.
struct HMACContext: ~Copyable {
  private let context: OpaquePointer

  init(_ algorithm: HMACAlgorithm, key: UnsafeRawBufferPointer) throws(KeyError) {
    guard let mac = EVP_MAC_fetch(nil, "HMAC", nil) else { throw KeyError("OpenSSL has no HMAC") }
    // The context keeps a reference to it.
    defer { EVP_MAC_free(mac) }
    guard let context = EVP_MAC_CTX_new(mac) else {
      throw KeyError("there is no memory for the secret")
    }
    guard Self.begin(context, algorithm, key) else {
      EVP_MAC_CTX_free(context)
      throw KeyError("OpenSSL has no \(algorithm.digest)")
    }
    self.context = context
  }

  /// Wipes the key.
  deinit {
    EVP_MAC_CTX_free(self.context)
  }

  func sign(_ message: borrowing Span<UInt8>) -> Signature {
    Signature { bytes in
      var count = 0
      let isSigned = message.withUnsafeBytes { message in
        // Without a key, OpenSSL uses the last one.
        EVP_MAC_init(self.context, nil, 0, nil) == 1
          && EVP_MAC_update(self.context, message.baseAddress, message.count) == 1
          && EVP_MAC_final(self.context, bytes.baseAddress, &count, bytes.count) == 1
      }
      // A supported hash function fails only without memory, which ends a Swift program anyway.
      precondition(isSigned, "OpenSSL could not make a signature")
      return count
    }
  }

  private static func begin(
    _ context: OpaquePointer,
    _ algorithm: HMACAlgorithm,
    _ key: UnsafeRawBufferPointer
  ) -> Bool {
    var digest = Array(algorithm.digest.utf8CString)
    return OSSL_MAC_PARAM_DIGEST.withCString { name in
      digest.withUnsafeMutableBufferPointer { digest in
        let parameters = [
          OSSL_PARAM_construct_utf8_string(name, digest.baseAddress, 0),
          OSSL_PARAM_construct_end(),
        ]
        return EVP_MAC_init(context, key.baseAddress, key.count, parameters) == 1
      }
    }
  }
}
