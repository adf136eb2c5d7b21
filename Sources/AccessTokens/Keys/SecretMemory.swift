internal import COpenSSL

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A secret in pages of its own: left out of core dumps, not swapped where the system allows it,
/// and wiped when the secret goes away.
struct SecretMemory: ~Copyable {
  private let pages: UnsafeMutableRawBufferPointer
  private let count: Int

  /// Copies a secret; the caller must wipe its own copy.
  ///
  /// - Returns: nil without memory.
  init?(copying secret: borrowing Span<UInt8>) {
    let pageSize = Int(getpagesize())
    let size = max(1, (secret.count + pageSize - 1) / pageSize) * pageSize
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { return nil }
    self.pages = UnsafeMutableRawBufferPointer(start: memory, count: size)
    self.count = secret.count
    // Both only make an attack harder, so failure is accepted: a limit on locked memory may be
    // zero.
    madvise(memory, size, MADV_DONTDUMP)
    mlock(memory, size)
    secret.withUnsafeBytes { self.pages.copyMemory(from: $0) }
  }

  deinit {
    OPENSSL_cleanse(self.pages.baseAddress, self.pages.count)
    munmap(self.pages.baseAddress, self.pages.count)
  }

  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self.pages[..<self.count])
  }
}

extension [UInt8] {
  /// Overwrites the bytes, so that they are not left in memory. They must have no other owner.
  mutating func cleanse() {
    self.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
  }
}
