internal import COpenSSL
internal import JSON

/// The signature of a message: as many bytes as the hash of the algorithm has.
struct Signature: Sendable {
  private var bytes: [64 of UInt8] = .init(repeating: 0)
  private var count = 0

  /// - Parameter fill: writes the bytes, at most 64, and returns how many there are.
  init(_ fill: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
    var bytes = self.bytes
    var span = bytes.mutableSpan
    self.count = span.withUnsafeMutableBufferPointer(fill)
    self.bytes = bytes
  }

  /// Whether the two are equal, compared in constant time.
  func isEqual(to other: [UInt8]) -> Bool {
    guard other.count == self.count else { return false }
    return self.bytes.span.withUnsafeBufferPointer {
      CRYPTO_memcmp($0.baseAddress, other, self.count) == 0
    }
  }

  /// Appends its base64url to `text`.
  func encode(to text: inout [UInt8]) {
    Base64URL.encode(self.bytes.span.extracting(..<self.count), to: &text)
  }
}
