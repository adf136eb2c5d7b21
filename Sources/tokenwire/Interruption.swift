import ArgumentParser
import UnixSignals

/// Runs `body`; Ctrl-C and SIGTERM cancel it, and the command then exits as a shell says it for them:
/// with 130 or 143.
func withInterruption(_ body: @escaping @Sendable () async throws -> Void) async throws {
  let interrupts = await UnixSignalsSequence(trapping: .sigint, .sigterm)
  try await withThrowingTaskGroup { group in
    group.addTask { try await body() }
    group.addTask {
      for await signal in interrupts {
        StandardOutput.writeNote("\n")
        throw ExitCode(signal == .sigint ? 130 : 143)
      }
    }
    defer { group.cancelAll() }
    try await group.next()
  }
}
