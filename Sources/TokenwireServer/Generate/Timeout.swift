internal import RPC

/// Runs `body`, and cancels it after `timeout`. Without a time above zero, it is not run.
///
/// - Throws: what `body` throws; `deadlineExceeded` when it was cancelled for the time it took.
func withTimeout(
  _ timeout: Duration,
  _ body: @escaping @Sendable () async throws -> Void
) async throws {
  guard timeout > .zero else { throw CallError.deadlineExceeded(timeout) }
  try await withThrowingTaskGroup { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: timeout)
      throw CallError.deadlineExceeded(timeout)
    }
    defer { group.cancelAll() }
    // The first to end decides: the body, or the clock, which only ends by throwing.
    try await group.next()
  }
}
