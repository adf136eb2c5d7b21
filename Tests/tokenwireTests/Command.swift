import Foundation
import Subprocess
import SystemPackage
import Testing

/// The built command while it runs, as a user runs it.
final class Command {
  /// How it ended and what it printed.
  struct Outcome {
    var status: TerminationStatus
    var output: String
    var errors: String
  }

  private let execution: Execution<FileDescriptorInput, SequenceOutput, StringOutput<UTF8>>
  private var chunks: SubprocessOutputSequence.Iterator
  /// What it has printed, as far as it was waited for.
  private(set) var output = ""

  private init(
    _ execution: Execution<FileDescriptorInput, SequenceOutput, StringOutput<UTF8>>
  ) {
    self.execution = execution
    self.chunks = execution.standardOutput.makeAsyncIterator()
  }

  /// Runs the command until it ends, and `body` beside it; when `body` throws, ends it.
  ///
  /// - Parameters:
  ///   - executable: what to run; a shell may run the command in its place.
  ///   - environment: added to that of the tests.
  static func run(
    _ arguments: [String],
    executable: FilePath = Command.executable,
    input: String = "",
    environment: [Environment.Key: String?] = [:],
    beside body: (Command) async throws -> Void = { _ in }
  ) async throws -> Outcome {
    let result = try await Subprocess.run(
      .path(executable),
      arguments: Arguments(arguments),
      environment: .inherit.updating(environment),
      input: .fileDescriptor(try Self.file(with: input), closeAfterSpawningProcess: true),
      output: .sequence,
      error: .string(limit: 1 << 20)
    ) { execution in
      let command = Command(execution)
      try await body(command)
      while try await command.readChunk() {}
      return command.output
    }
    return Outcome(
      status: result.terminationStatus,
      output: result.closureResult,
      errors: result.standardError
    )
  }

  /// A file without a name that has this text. A pipe would do only for commands that read to the
  /// end: Subprocess ends the tests when it cannot write to one.
  private static func file(with text: String) throws -> FileDescriptor {
    let path = FilePath(FileManager.default.temporaryDirectory.path).appending(UUID().uuidString)
    let file = try FileDescriptor.open(
      path,
      .readWrite,
      options: [.create, .exclusiveCreate],
      permissions: .ownerReadWrite
    )
    try FileManager.default.removeItem(atPath: path.string)
    _ = try file.writeAll(text.utf8)
    try file.seek(offset: 0, from: .start)
    return file
  }

  /// Beside the bundle that holds the tests.
  static let executable = FilePath(
    URL(fileURLWithPath: CommandLine.arguments[0])
      .resolvingSymlinksInPath()
      .deletingLastPathComponent()
      .appendingPathComponent("tokenwire")
      .path
  )

  /// Waits until the output has this text; fails when it ends before.
  func waitForOutput(_ text: String, times: Int = 1) async throws {
    while self.output.ranges(of: text).count < times {
      try #require(try await self.readChunk(), "the output ended without \"\(text)\"")
    }
  }

  var processID: Int32 { self.execution.processIdentifier.value }

  func send(_ signal: Signal) throws {
    try self.execution.send(signal: signal)
  }

  /// - Returns: whether the output goes on.
  private func readChunk() async throws -> Bool {
    guard let chunk = try await self.chunks.next() else { return false }
    self.output += chunk.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    return true
  }
}

extension Command {
  /// Runs a server with a scripted generator for as long as `body` runs, and stops it.
  @discardableResult
  static func serve(
    on address: String = "127.0.0.1:0",
    environment: [Environment.Key: String?] = [:],
    _ body: (_ server: Command, _ address: String) async throws -> Void
  ) async throws -> Outcome {
    try await Self.run(
      ["serve", "--listen", address],
      environment: ["TOKENWIRE_GENERATOR": "scripted"].merging(environment) { $1 }
    ) { server in
      try await server.waitForOutput(")\n")
      let ready = try #require(
        server.output.firstMatch(of: /^tokenwire is ready on ([^ ]+) \(model scripted\)\n/)
      )
      try await body(server, String(ready.1))
      try server.send(.terminate)
    }
  }

  /// Runs a server whose model never comes to its end, for as long as `body` runs, and stops it.
  ///
  /// - Returns: the outcome, with the errors in the output.
  @discardableResult
  static func serveLoading(
    environment: [Environment.Key: String?] = [:],
    _ body: (_ server: Command, _ address: String, _ model: UnreadableModel) async throws -> Void
  ) async throws -> Outcome {
    try await UnreadableModel.with { model in
      try await Self.run(
        [
          "-c", "exec \"$0\" \"$@\" 2>&1", Self.executable.string, "serve",
          "--listen", "127.0.0.1:0", "--model", model.path,
        ],
        executable: "/bin/sh",
        environment: environment
      ) { server in
        try await server.waitForOutput("Listening")
        let address = try #require(server.output.firstMatch(of: /address=(\S+)/))
        try await body(server, String(address.1), model)
        try server.send(.terminate)
      }
    }
  }
}
