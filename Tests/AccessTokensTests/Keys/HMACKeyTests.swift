import Identifiers
import JSON
import TestTexts
import Testing

@testable import AccessTokens

@Suite struct HMACKeyTests {
  /// A test case of RFC 4231 section 4.
  struct Vector: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let key: [UInt8]
    let data: [UInt8]
    /// In hexadecimal.
    let signatures: [HMACAlgorithm: String]
  }

  /// But for case 5, whose signature is cut short.
  static let vectors = [
    Vector(
      testDescription: "case 1",
      key: [UInt8](repeating: 0x0B, count: 20),
      data: Array("Hi There".utf8),
      signatures: [
        .hs256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        .hs384: """
        afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c\
        faea9ea9076ede7f4af152e8b2fa9cb6
        """,
        .hs512: """
        87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde\
        daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854
        """,
      ]
    ),
    Vector(
      testDescription: "case 2",
      key: Array("Jefe".utf8),
      data: Array("what do ya want for nothing?".utf8),
      signatures: [
        .hs256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        .hs384: """
        af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e\
        8e2240ca5e69e2c78b3239ecfab21649
        """,
        .hs512: """
        164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
        9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737
        """,
      ]
    ),
    Vector(
      testDescription: "case 3",
      key: [UInt8](repeating: 0xAA, count: 20),
      data: [UInt8](repeating: 0xDD, count: 50),
      signatures: [
        .hs256: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        .hs384: """
        88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b\
        2a5ab39dc13814b94e3ab6e101a34f27
        """,
        .hs512: """
        fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39\
        bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb
        """,
      ]
    ),
    Vector(
      testDescription: "case 4",
      key: Array(1 ... 25),
      data: [UInt8](repeating: 0xCD, count: 50),
      signatures: [
        .hs256: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        .hs384: """
        3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e\
        6801dd23c4a7d679ccf8a386c674cffb
        """,
        .hs512: """
        b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db\
        a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd
        """,
      ]
    ),
    Vector(
      testDescription: "case 6",
      key: [UInt8](repeating: 0xAA, count: 131),
      data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      signatures: [
        .hs256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        .hs384: """
        4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6\
        0c2ef6ab4030fe8296248df163f44952
        """,
        .hs512: """
        80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
        6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598
        """,
      ]
    ),
    Vector(
      testDescription: "case 7",
      key: [UInt8](repeating: 0xAA, count: 131),
      data: Array(
        """
        This is a test using a larger than block-size key and a larger than block-size data. The \
        key needs to be hashed before being used by the HMAC algorithm.
        """.utf8
      ),
      signatures: [
        .hs256: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        .hs384: """
        6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5\
        a678cc31e799176d3860e6110c46523e
        """,
        .hs512: """
        e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944\
        b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58
        """,
      ]
    ),
  ]

  @Test(arguments: Self.vectors, HMACAlgorithm.allCases)
  func `signatures are those of RFC 4231`(vector: Vector, algorithm: HMACAlgorithm) throws {
    // HMAC fills short keys with zeros itself (RFC 2104 section 2).
    let fill = [UInt8](repeating: 0, count: max(0, 64 - vector.key.count))
    let key = try HMACKey(algorithm, secret: (vector.key + fill).span)
    let expected = try #require(vector.signatures[algorithm]).bytesFromHexadecimal
    #expect(expected.count == algorithm.size)
    #expect(key.sign(vector.data.span).isEqual(to: expected))
  }

  @Test(arguments: HMACAlgorithm.allCases)
  func `a signature that is cut short, longer, or not the one, is refused`(
    algorithm: HMACAlgorithm
  ) throws {
    let vector = Self.vectors[5]
    let signature = try HMACKey(algorithm, secret: vector.key.span).sign(vector.data.span)
    let expected = try #require(vector.signatures[algorithm]).bytesFromHexadecimal
    for count in 0 ..< expected.count {
      #expect(!signature.isEqual(to: Array(expected.prefix(count))))
    }
    #expect(!signature.isEqual(to: expected + [0]))
    for bit in 0 ..< expected.count * 8 {
      var other = expected
      other[bit / 8] ^= 1 << (bit % 8)
      #expect(!signature.isEqual(to: other))
    }
  }

  /// RFC 7518 section 3.2.
  @Test(arguments: HMACAlgorithm.allCases)
  func `a secret shorter than the hash is refused`(algorithm: HMACAlgorithm) throws {
    let secret = [UInt8](repeating: 7, count: algorithm.size)
    _ = try HMACKey(algorithm, secret: secret.span)
    let error = #expect(throws: KeyError.self) {
      try HMACKey(algorithm, secret: secret.span.extracting(droppingLast: 1))
    }
    #expect(
      error?.message == """
        the secret has \(algorithm.size - 1) bytes, but \(algorithm.rawValue) needs at least \
        \(algorithm.size)
        """
    )
  }

  @Test func `a secret of many pages signs`() throws {
    let secret = [UInt8](repeating: 7, count: 100_000)
    let key = try HMACKey(.hs256, secret: secret.span)
    let count = key.withSecret { $0.count }
    #expect(count == 100_000)
    _ = key.sign(secret.span)
  }

  @Test func `the secret is in no description`() throws {
    let secret = Array("a secret that nobody may ever see".utf8)
    let key = TokenKey(
      id: "k1",
      created: NumericDate(secondsSinceEpoch: 0),
      notAfter: nil,
      isSigning: true,
      secret: try HMACKey(.hs256, secret: secret.span)
    )
    var dumped = ""
    dump(key, to: &dumped)
    for text in ["\(key)", String(reflecting: key), dumped, "\(key.secret)"] {
      #expect(!text.contains("secret that"))
      #expect(!text.contains(Base64URL.encode(secret)))
      #expect(!text.contains("97, 32"))
      #expect(text.contains("HS256"))
    }
  }

  @Test func `keys sign on many threads at once`() async throws {
    let vector = Self.vectors[0]
    let fill = [UInt8](repeating: 0, count: 64 - vector.key.count)
    let key = try HMACKey(.hs256, secret: (vector.key + fill).span)
    let expected = try #require(vector.signatures[.hs256]).bytesFromHexadecimal
    let right = await withTaskGroup(of: Int.self) { group in
      for _ in 0 ..< 8 {
        group.addTask {
          (0 ..< 500).count { _ in key.sign(vector.data.span).isEqual(to: expected) }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(right == 4000)
  }
}

extension String {
  fileprivate var bytesFromHexadecimal: [UInt8] {
    let digits = self.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
