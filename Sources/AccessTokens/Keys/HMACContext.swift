internal import COpenSSL

/// HMAC (RFC 2104) with one of OpenSSL's hash functions and one key.
///
/// OpenSSL's own HMAC either keeps the key from one signature to the next, in memory that core dumps
/// have, or makes all its state anew for each. Here the key stays in secret memory, as the blocks
/// that the two hashes begin with, and the state that is used again is not the key's: it holds what
/// the last hash has left there.
struct HMACContext: ~Copyable {
  private let digest: OpaquePointer
  private let state: OpaquePointer
  /// The key, filled up to a block, with ipad, and then with opad.
  private let pads: SecretMemory
  private let blockSize: Int

  init(_ algorithm: HMACAlgorithm, key: UnsafeRawBufferPointer) throws(KeyError) {
    guard let digest = EVP_MD_fetch(nil, algorithm.digest, nil), let state = EVP_MD_CTX_new() else {
      throw KeyError("OpenSSL has no \(algorithm.digest)")
    }
    let blockSize = Int(EVP_MD_get_block_size(digest))
    guard let pads = Self.pads(of: key, digest, blockSize) else {
      EVP_MD_CTX_free(state)
      EVP_MD_free(digest)
      throw KeyError("there is no memory for the secret")
    }
    self.digest = digest
    self.state = state
    self.pads = pads
    self.blockSize = blockSize
  }

  deinit {
    EVP_MD_CTX_free(self.state)
    EVP_MD_free(self.digest)
  }

  func sign(_ message: borrowing Span<UInt8>) -> Signature {
    Signature { bytes in
      let count = message.withUnsafeBytes { message in
        self.hash(self.pads.bytes[..<self.blockSize], message, into: bytes)
      }
      let inner = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<count])
      return self.hash(self.pads.bytes[self.blockSize...], inner, into: bytes)
    }
  }

  private func hash(
    _ pad: Slice<UnsafeRawBufferPointer>,
    _ message: UnsafeRawBufferPointer,
    into bytes: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    let pad = UnsafeRawBufferPointer(rebasing: pad)
    var count: UInt32 = 0
    let isHashed =
      EVP_DigestInit_ex2(self.state, self.digest, nil) == 1
      && EVP_DigestUpdate(self.state, pad.baseAddress, pad.count) == 1
      && EVP_DigestUpdate(self.state, message.baseAddress, message.count) == 1
      && EVP_DigestFinal_ex(self.state, bytes.baseAddress, &count) == 1
    // A hash function that is there fails only without memory, which ends a Swift program anyway.
    precondition(isHashed, "OpenSSL could not make a signature")
    return Int(count)
  }

  /// - Returns: nil when there is no memory.
  private static func pads(
    of key: UnsafeRawBufferPointer,
    _ digest: OpaquePointer,
    _ blockSize: Int
  ) -> SecretMemory? {
    var block = [UInt8](repeating: 0, count: blockSize)
    defer { block.cleanse() }
    if key.count <= blockSize {
      block.withUnsafeMutableBytes { $0.copyMemory(from: key) }
    } else if EVP_Digest(key.baseAddress, key.count, &block, nil, digest, nil) != 1 {
      return nil
    }
    var pads =
      [UInt8](repeating: 0x36, count: blockSize) + [UInt8](repeating: 0x5C, count: blockSize)
    defer { pads.cleanse() }
    for (index, byte) in block.enumerated() {
      pads[index] ^= byte
      pads[blockSize + index] ^= byte
    }
    return SecretMemory(copying: pads.span)
  }
}
