import Foundation
import Identifiers
import Testing

@testable import AccessTokens

/// Tokens that PyJWT has made, and tokens that PyJWT has verified: those in
/// Tests/Conformance/access-tokens, where there is the script that made them.
@Suite struct PyJWTTests {
  struct PyJWTToken: Decodable, CustomTestStringConvertible {
    let name: String
    let algorithm: String
    let audience: String?
    let issuer: String?
    let token: String
    let refused: String?
    let user_id: String
    let scope: String?
    let jti: String?

    var testDescription: String { self.name }
  }

  struct OwnToken: Decodable, CustomTestStringConvertible {
    let algorithm: String
    let issuer: String?
    let audience: String?
    let user_id: String
    let scope: String?
    let jti: String
    let token: String

    var testDescription: String { self.jti }
  }

  private struct File<Token: Decodable>: Decodable {
    let now: Double
    let lifetime: Double?
    let tokens: [Token]

    init(named name: String) throws {
      let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      let file = folder.appendingPathComponent("../Conformance/access-tokens/\(name)")
      self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
    }
  }

  @Test(arguments: try File<PyJWTToken>(named: "pyjwt.json").tokens)
  func `a token of PyJWT is verified, or refused for a reason`(token: PyJWTToken) throws {
    let clock = TestClock()
    clock.seconds = try File<PyJWTToken>(named: "pyjwt.json").now
    let verifier = TokenVerifier(
      keys: try TestKeys.ring(TestKeys.key("k1", token.algorithm)),
      policy: TokenPolicy(
        issuer: token.issuer.map { Identifier($0) },
        audience: token.audience.map { Identifier($0) }
      ),
      now: clock.now
    )
    if let refused = token.refused {
      let reason = try #require(verifier.reason(token.token))
      #expect("\(reason)".replacing("AccessTokens.JWTError.Claim.", with: "") == refused)
      return
    }
    let verified = try verifier.verify(token.token)
    #expect(verified.userID.text == token.user_id)
    #expect(verified.scopes == token.scope.map { Scopes(knownIn: $0) })
    #expect(verified.jti?.text == token.jti)
    #expect(verified.keyID == "k1")
  }

  /// What is issued is the same to the byte as what PyJWT has verified.
  @Test(arguments: try File<OwnToken>(named: "tokenwire.json").tokens)
  func `an issued token is one that PyJWT verifies`(token: OwnToken) throws {
    let file = try File<OwnToken>(named: "tokenwire.json")
    let clock = TestClock()
    clock.seconds = file.now
    let issuer = TokenIssuer(
      keys: try TestKeys.ring(TestKeys.key("k1", token.algorithm)),
      issuer: token.issuer.map { Identifier($0) },
      audience: token.audience.map { Identifier($0) },
      now: clock.now,
      makeIdentifier: { Identifier(token.jti) }
    )
    let issued = try issuer.issue(
      for: Identifier(token.user_id),
      scopes: token.scope.map { Scopes(knownIn: $0) },
      lifetime: .seconds(try #require(file.lifetime))
    )
    #expect(issued.text == token.token)
  }
}
