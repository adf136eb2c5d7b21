import ArgumentParser
import UnixSignals

/// Runs `body`; Ctrl-C and SIGTERM cancel it, and the command then exits with 130 or 143, as in a
/// shell.
func withInterruption(_ body: @escaping @Sendable () async throws -> Void) async throws {
  let interrupts = await UnixSignalsSequence(trapping: .sigint, .sigterm)
  try await withThrowingTaskGroup { group in
    group.addTask { try await body() }
    group.addTask {
      for await signal in interrupts {
        StandardOutput.writeNote("\n")
        throw ExitCode(interruptedBy: signal)
      }
    }
    defer { group.cancelAll() }
    try await group.next()
  }
}

/// Runs `body`, which Ctrl-C and SIGTERM cancel.
///
/// - Returns: its result, and the signal that ended it, if any.
func untilInterrupted<Result: Sendable>(
  _ body: @escaping @Sendable () async -> Result
) async -> (Result, UnixSignal?) {
  let interrupts = await UnixSignalsSequence(trapping: .sigint, .sigterm)
  return await withTaskGroup(of: Ending<Result>.self) { group in
    group.addTask { .result(await body()) }
    group.addTask {
      for await signal in interrupts { return .signal(signal) }
      return .cancelled
    }
    var signal: UnixSignal?
    while let ending = await group.next() {
      switch ending {
      case .result(let result):
        group.cancelAll()
        return (result, signal)
      case .signal(let interruption):
        signal = interruption
        group.cancelAll()
      case .cancelled: break
      }
    }
    preconditionFailure("the body has returned nothing")
  }
}

private enum Ending<Result: Sendable> {
  case result(Result)
  case signal(UnixSignal)
  case cancelled
}

extension ExitCode {
  /// The exit code as in a shell.
  init(interruptedBy signal: UnixSignal) {
    self.init(signal == .sigint ? 130 : 143)
  }
}
