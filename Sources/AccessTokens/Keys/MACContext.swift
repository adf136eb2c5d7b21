internal import COpenSSL

/// OpenSSL's HMAC with a hash function, and without a key.
///
/// What depends on the key lives for one signature only, and OpenSSL wipes it then. To keep it would
/// save a third of a microsecond, and leave in memory what signs as well as the key itself.
struct MACContext: ~Copyable {
  private let handle: OpaquePointer

  init(_ algorithm: HMACAlgorithm) throws(KeyError) {
    let mac = EVP_MAC_fetch(nil, "HMAC", nil)
    // The context keeps it alive.
    defer { EVP_MAC_free(mac) }
    guard let mac, let handle = EVP_MAC_CTX_new(mac) else {
      throw KeyError("OpenSSL has no HMAC")
    }
    var digest = Array(algorithm.digest.utf8CString)
    // OpenSSL reads the parameter's name, too, when the parameters are set, and not before.
    let result = OSSL_MAC_PARAM_DIGEST.withCString { name in
      digest.withUnsafeMutableBufferPointer { digest in
        EVP_MAC_CTX_set_params(
          handle,
          [
            OSSL_PARAM_construct_utf8_string(name, digest.baseAddress, 0),
            OSSL_PARAM_construct_end(),
          ]
        )
      }
    }
    guard result == 1 else {
      EVP_MAC_CTX_free(handle)
      throw KeyError("OpenSSL has no HMAC with \(algorithm.digest)")
    }
    self.handle = handle
  }

  deinit {
    EVP_MAC_CTX_free(self.handle)
  }

  func sign(
    _ message: borrowing Span<UInt8>,
    with secret: UnsafeRawBufferPointer
  ) -> Signature {
    let context = EVP_MAC_CTX_dup(self.handle)
    defer { EVP_MAC_CTX_free(context) }
    var isBegun = false
    if let key = secret.bindMemory(to: UInt8.self).baseAddress {
      isBegun = EVP_MAC_init(context, key, secret.count, nil) == 1
    }
    let isRead = message.withUnsafeBufferPointer {
      EVP_MAC_update(context, $0.baseAddress, $0.count) == 1
    }
    var isSigned = false
    let signature = Signature { bytes in
      var count = 0
      isSigned = EVP_MAC_final(context, bytes.baseAddress, &count, bytes.count) == 1
      return count
    }
    // With a key and a hash function that it has taken, OpenSSL fails only without memory, which
    // ends a program in Swift anyway.
    precondition(isBegun && isRead && isSigned, "OpenSSL could not make a signature")
    return signature
  }
}
