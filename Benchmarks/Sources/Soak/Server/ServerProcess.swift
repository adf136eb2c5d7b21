import Listening
import Subprocess
import SystemPackage

/// A server with a scripted generator, or a model, on a free port of this machine.
enum ServerProcess {
  /// What its generator says, over and over.
  static let text = "The quick brown fox jumps over the lazy dog. "

  /// Short times and small limits, so that a minute shows what becomes of those who hit them.
  private static let flags = [
    "--listen", "127.0.0.1:0",
    "--max-connections-per-address", "500", "--max-memory", "64MiB",
    "--first-frame-timeout", "2s", "--idle-timeout", "5s",
    "--keepalive-interval", "2s", "--keepalive-timeout", "5s",
    "--write-stall-timeout", "5s", "--log-level", "error",
    // All clients have one address here.
    "--anonymous-requests-per-minute", "100000000", "--anonymous-tokens-per-minute", "1000000000",
    "--anonymous-streams", "100000",
  ]

  /// Runs the server for as long as `body` runs.
  ///
  /// - Parameter model: a GGUF file; nil is a scripted generator.
  /// - Throws: `Failure` when the server does not start, or does not end as it should.
  static func run<Result: Sendable>(
    _ executable: String,
    model: String?,
    _ body: (Endpoint, _ pid: Int) async throws -> Result
  ) async throws -> Result {
    // What texts leave for others that begin alike is little: else it would look like memory that grows.
    let generator =
      model.map { ["--model", $0, "--prefix-cache", "8MiB"] }
      ?? ["--generator", "scripted", "--scripted-text", Self.text]
    let outcome = try await Subprocess.run(
      .path(FilePath(executable)),
      arguments: Arguments(["serve"] + generator + Self.flags),
      input: .none,
      output: .sequence,
      error: .currentStandardError
    ) { execution in
      var output = ""
      for try await chunk in execution.standardOutput {
        output += chunk.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        guard let ready = output.firstMatch(of: /is ready on ([^ ]+) \(/) else { continue }
        guard let endpoint = Endpoint(String(ready.1)) else { break }
        let result = try await body(endpoint, Int(execution.processIdentifier.value))
        try execution.send(signal: .terminate)
        return result
      }
      throw Failure("The server did not say where it listens: \(output)")
    }
    guard outcome.terminationStatus == .exited(0) else {
      throw Failure("The server ended with \(outcome.terminationStatus)")
    }
    return outcome.closureResult
  }
}

/// Why the soak cannot go on, in a sentence.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
