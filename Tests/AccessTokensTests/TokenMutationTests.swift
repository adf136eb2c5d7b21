import JSON
import TestTexts
import Testing

@testable import AccessTokens

/// Nothing but a token as it was issued is accepted.
@Suite struct TokenMutationTests {
  @Test func `a token with any bit changed is refused`() throws {
    for header in [#"{"alg":"HS256","typ":"JWT","kid":"k1"}"#, #"{"alg":"HS256"}"#] {
      let verifier = try TokenVerifier.test()
      let token = Array(try TestKeys.token(header: header).utf8)
      #expect(verifier.reason(String(decoding: token, as: UTF8.self)) == nil)
      var accepted: [Int] = []
      for bit in 0 ..< token.count * 8 {
        var changed = token
        changed[bit / 8] ^= 1 << (bit % 8)
        // Bytes above 127 alone are not UTF-8; they become U+FFFD, as a server makes them.
        if verifier.reason(String(decoding: changed, as: UTF8.self)) == nil { accepted.append(bit) }
      }
      #expect(accepted == [])
    }
  }

  @Test func `no mutation of a token is accepted`() throws {
    let verifier = try TokenVerifier.test()
    var generator = SeededGenerator(seed: 3)
    let token = Array(try TestKeys.token().utf8)
    let alphabet = Array("ABCXYZabcxyz0189-_.=+/ \n\u{0}\"{}".utf8)
    for _ in 0 ..< 5000 {
      var changed = token
      for _ in 0 ... Int.random(in: 0 ..< 3, using: &generator) {
        let index = Int.random(in: 0 ..< changed.count, using: &generator)
        let other = Int.random(in: 0 ..< changed.count, using: &generator)
        switch Int.random(in: 0 ..< 6, using: &generator) {
        case 0: changed[index] = alphabet.randomElement(using: &generator) ?? 0
        case 1: changed.insert(alphabet.randomElement(using: &generator) ?? 0, at: index)
        case 2: changed.remove(at: index)
        case 3: changed.swapAt(index, other)
        case 4: changed.removeSubrange(min(index, other) ..< max(index, other))
        default: changed.insert(contentsOf: changed[min(index, other)...], at: index)
        }
        guard !changed.isEmpty else { break }
      }
      guard changed != token else { continue }
      let text = String(decoding: changed, as: UTF8.self)
      #expect(verifier.reason(text) != nil, "accepted \(text)")
    }
  }

  @Test func `no random string is accepted`() throws {
    let verifier = try TokenVerifier.test()
    var generator = SeededGenerator(seed: 4)
    let header = Base64URL.encode(Array(#"{"alg":"HS256","kid":"k1"}"#.utf8))
    let payload = Base64URL.encode(Array(TestKeys.payload.utf8))
    for _ in 0 ..< 2000 {
      let bytes = (0 ..< Int.random(in: 0 ..< 100, using: &generator)).map { _ in
        UInt8.random(in: 0 ... .max, using: &generator)
      }
      let text = Base64URL.encode(bytes)
      for token in [
        String(decoding: bytes, as: UTF8.self), text, "\(text).\(text).\(text)",
        "\(header).\(payload).\(text)", "\(header).\(text).\(text)",
      ] {
        #expect(verifier.reason(token) != nil, "accepted \(token)")
      }
    }
  }

  @Test func `parts of two tokens make none`() throws {
    let verifier = try TokenVerifier.test()
    let first = try TestKeys.token().split(separator: ".")
    let second = try TestKeys.token(
      header: #"{"alg":"HS256"}"#,
      payload: #"{"user_id":"bob","exp":1800000100}"#
    ).split(separator: ".")
    for choice in 1 ..< 7 {
      let parts = (0 ..< 3).map { choice >> $0 & 1 == 0 ? first[$0] : second[$0] }
      #expect(verifier.reason(parts.joined(separator: ".")) == .wrongSignature)
    }
  }
}
