import Subprocess
import Testing

@Suite struct TimeLimitTests {
  /// Every command that calls, but `replay`, which has no limit for all of its calls.
  static let calls = [
    ["generate", "x"], ["chat"], ["count", "x"], ["models"], ["abort", "gen-1"], ["health"],
    ["health", "--watch"], ["log", "--prompt", "p", "--response", "r"], ["logs"],
    ["logs", "--follow"],
  ]

  static let patience = ["replay", "x.frames.jsonl", "--to", "127.0.0.1:1"]

  @Test(arguments: ["0", "0s", "-1", "-5s"])
  func `no time, and less, is a mistake on the command line of every call`(
    time: String
  ) async throws {
    for arguments in Self.calls.map({ $0 + ["--timeout=\(time)"] })
      + [Self.patience + ["--patience=\(time)"]]
    {
      let outcome = try await Command.run(arguments)
      #expect(outcome.status == .exited(64), "\(arguments)")
      #expect(outcome.output == "", "\(arguments)")
      #expect(outcome.errors.contains("must be a time above zero"), "\(arguments)")
    }
  }

  @Test func `every call is over at once when its time is`() async throws {
    try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "1h"]) { _, address in
      for arguments in Self.calls {
        let outcome = try await Command.run(
          arguments + ["--server", address, "--timeout", "1e-9"],
          input: "x\n"
        )
        #expect(outcome.status == .exited(arguments[0] == "health" ? 2 : 1), "\(arguments)")
        #expect(outcome.output == "", "\(arguments)")
        #expect(outcome.errors.hasPrefix("Error: DEADLINE_EXCEEDED"), "\(arguments): \(outcome)")
      }
    }
  }

  @Test func `who waits in vain is told the time as it was given`() async throws {
    try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "1h"]) { _, address in
      for (time, seconds) in [("1ms", "0.001"), ("250ms", "0.25")] {
        let outcome = try await Command.run(
          ["generate", "x", "--server", address, "--timeout", time]
        )
        #expect(
          outcome.errors.contains(
            "DEADLINE_EXCEEDED: The call took longer than the \(seconds) seconds that its caller"
          ),
          "\(outcome.errors)"
        )
      }
    }
  }
}
