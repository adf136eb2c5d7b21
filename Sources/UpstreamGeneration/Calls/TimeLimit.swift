/// Runs `body`, and cancels it when its time is over.
///
/// - Throws: `silent` when it is, what `body` throws, or `cancelled`.
func withTimeLimit<Result: Sendable>(
  _ limit: Duration,
  _ body: @escaping @Sendable () async throws(UpstreamFailure) -> Result
) async throws(UpstreamFailure) -> Result {
  let outcome = await withTaskGroup(of: Swift.Result<Result, UpstreamFailure>.self) { group in
    group.addTask {
      do throws(UpstreamFailure) {
        return .success(try await body())
      } catch {
        return .failure(error)
      }
    }
    group.addTask {
      do {
        try await Task.sleep(for: limit)
        return .failure(.silent(limit))
      } catch {
        return .failure(.cancelled)
      }
    }
    let first = await group.next() ?? .failure(.cancelled)
    group.cancelAll()
    return first
  }
  return try outcome.get()
}
