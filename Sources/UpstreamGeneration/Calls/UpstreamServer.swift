internal import AsyncHTTPClient
internal import Generation
internal import NIOHTTP1

/// A server of a model that is asked for what comes in one piece.
struct UpstreamServer: Sendable {
  let service: UpstreamService
  /// Its place among the model's replicas.
  let index: Int

  /// Sends a request, and reads the whole answer.
  ///
  /// - Parameter limit: how long the answer may be, in bytes.
  func answer(
    to request: UpstreamRequest,
    upTo limit: Int
  ) async throws(UpstreamFailure) -> [UInt8] {
    let model = self.service.model
    let response = try await self.service.clients.send(
      .POST,
      model.replicas[self.index].url(request),
      request.headers,
      body: request.body,
      authorities: model.authorities
    )
    guard response.status == .ok else {
      throw UpstreamFailure(
        response.status,
        response.headers,
        body: try await response.body(upTo: UpstreamWords.maximumBody),
        key: model.key
      )
    }
    let body = try await response.body(upTo: limit + 1)
    if body.count > limit { throw .malformedTokens("has more than \(limit) bytes") }
    return body
  }
}

extension UpstreamService {
  /// Has one server after the other asked, until one answers.
  ///
  /// No other model is asked, as for a text: what is told of one model is not true of another.
  ///
  /// - Parameters:
  ///   - request: has whom it is for, and what a server may know of it.
  ///   - ask: asks a server; in the time for one piece of a text.
  func answer<Answer: Sendable>(
    for request: GenerationRequest,
    _ ask: @escaping @Sendable (UpstreamServer) async throws(UpstreamFailure) -> Answer
  ) async throws(UpstreamFailure) -> Answer {
    let prefix = PrefixKey(request)
    var asked: Set<Int> = []
    var last: UpstreamFailure?
    while true {
      let lease: ReplicaPool.Lease
      do throws(UpstreamFailure) {
        lease = try await self.pool.acquire(for: request.requester, prefix, excluding: asked)
      } catch {
        // What a server has said tells more than that none is left.
        throw error == .cancelled ? error : last ?? error
      }
      asked.insert(lease.server)
      do throws(UpstreamFailure) {
        let server = UpstreamServer(service: self, index: lease.server)
        let answer = try await withTimeLimit(self.model.limits.silenceTimeout) {
          () async throws(UpstreamFailure) -> Answer in
          try await ask(server)
        }
        // That it answers this does not say that it writes texts.
        self.pool.release(lease, .unknown)
        return answer
      } catch {
        self.pool.release(lease, error.isServersFault ? .failure : .unknown)
        self.log(error, of: lease.server)
        guard error.mayTryAnother, !Task.isCancelled else { throw error }
        last = error
      }
    }
  }
}
