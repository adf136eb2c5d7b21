import Foundation
import Testing

@testable import AccessTokens

@Suite struct SecretMemoryTests {
  @Test func `a secret is in no core dump`() throws {
    let secret = TestKeys.secret
    let key = try HMACKey(.hs256, secret: secret.span)
    let address = key.withSecret { secret in
      secret.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    }
    let flags = try withExtendedLifetime(key) { try Self.flags(ofMappingWith: address) }
    #expect(try #require(flags).contains("dd"))
  }

  @Test func `bytes that are cleansed are zero`() {
    var bytes = TestKeys.secret
    bytes.cleanse()
    #expect(bytes == [UInt8](repeating: 0, count: 64))
  }

  /// What the kernel calls `VmFlags` (proc_pid_smaps(5)).
  private static func flags(ofMappingWith address: UInt) throws -> [Substring]? {
    // To its end, which reading it as a file of a known size does not reach.
    let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
    let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    var isInMapping = false
    for line in text.split(separator: "\n") {
      if let range = line.prefixMatch(of: /([0-9a-f]+)-([0-9a-f]+)\s/) {
        let start = UInt(range.1, radix: 16) ?? 0
        let end = UInt(range.2, radix: 16) ?? 0
        isInMapping = (start ..< end).contains(address)
      } else if isInMapping, line.hasPrefix("VmFlags:") {
        return line.split(separator: " ")
      }
    }
    return nil
  }
}
