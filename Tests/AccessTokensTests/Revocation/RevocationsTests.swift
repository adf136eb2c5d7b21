import Identifiers
import Testing

@testable import AccessTokens

@Suite struct RevocationsTests {
  @Test func `the later of two revocations of a user counts`() {
    for times in [[100.0, 200], [200, 100]] {
      var revocations = Revocations()
      for time in times {
        revocations.insert(.init(subject: .tokens(userID: "a", issuedBefore: Self.date(time))))
      }
      #expect(revocations.contains(Self.token(issuedAt: 199)))
      #expect(!revocations.contains(Self.token(issuedAt: 200)))
    }
  }

  @Test func `a revocation is kept for as long as any that was made`() {
    for ends in [[10.0, nil], [nil, 10], [10, 20], [20, 10]] {
      var revocations = Revocations()
      for end in ends {
        let end = end.map(Self.date)
        revocations.insert(.init(subject: .token(jti: "j"), lastExpiry: end))
        revocations.insert(
          .init(subject: .tokens(userID: "a", issuedBefore: Self.date(5)), lastExpiry: end)
        )
      }
      revocations.removeAll(expiredBy: Self.date(19))
      #expect(revocations.contains(Self.token(issuedAt: 9, jti: "j")))
      #expect(revocations.contains(Self.token(issuedAt: 4)))
      revocations.removeAll(expiredBy: Self.date(20))
      let isKept = ends.contains(nil)
      #expect(revocations.contains(Self.token(issuedAt: 9, jti: "j")) == isKept)
      #expect(revocations.contains(Self.token(issuedAt: 4)) == isKept)
    }
  }

  private static func token(issuedAt: Double, jti: Identifier? = nil) -> VerifiedToken {
    VerifiedToken(userID: "a", jti: jti, issuedAt: self.date(issuedAt), keyID: "k")
  }

  private static func date(_ seconds: Double) -> NumericDate {
    NumericDate(secondsSinceEpoch: seconds)
  }
}
