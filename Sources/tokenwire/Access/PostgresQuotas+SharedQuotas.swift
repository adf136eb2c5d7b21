package import PostgresSharedState
package import TokenwireServer

extension PostgresQuotas: SharedQuotas {
  package func exchange(_ uses: [QuotaAmount]) async throws -> [QuotaAmount] {
    let amounts = uses.map {
      Amount(userID: $0.userID, requests: $0.requests, tokens: $0.tokens)
    }
    return try self.use(amounts).map {
      QuotaAmount(userID: $0.userID, requests: $0.requests, tokens: $0.tokens)
    }
  }
}
