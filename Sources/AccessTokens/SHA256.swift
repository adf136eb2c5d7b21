internal import COpenSSL

/// The hash function of FIPS 180-4, for storing a text's hash in place of the text.
public enum SHA256 {
  private static let size = 32

  /// The 32 bytes of the hash of a text's UTF-8.
  public static func hash(of text: String) -> [UInt8] {
    var text = text
    return text.withUTF8 { bytes in
      [UInt8](unsafeUninitializedCapacity: self.size) { hash, count in
        // It fails only when memory for its state runs out.
        guard
          EVP_Digest(bytes.baseAddress, bytes.count, hash.baseAddress, nil, EVP_sha256(), nil) == 1
        else { preconditionFailure("libcrypto has no memory for a hash") }
        count = self.size
      }
    }
  }
}
