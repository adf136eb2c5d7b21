import Foundation
import Testing

/// The built command, run as a user runs it.
final class Command: Sendable {
  /// How it ended and what it printed until then.
  struct Outcome: Sendable {
    var status: Int32
    var output: String
    var errors: String
  }

  let processID: Int32
  private let output: Output
  private let errors: Output
  private let exit: Task<Int32, Never>

  /// Starts the command; `environment` is added to that of the tests.
  init(
    _ arguments: String...,
    input: String = "",
    environment: [String: String] = [:]
  ) throws {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (outputPipe, errorPipe, inputPipe) = (Pipe(), Pipe(), Pipe())
    process.standardOutput = outputPipe
    process.standardError = errorPipe
    process.standardInput = inputPipe
    let (exits, continuation) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { process in
      continuation.yield(
        process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
      )
    }
    try process.run()
    try inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try inputPipe.fileHandleForWriting.close()
    self.processID = process.processIdentifier
    self.output = Output(outputPipe)
    self.errors = Output(errorPipe)
    self.exit = Task {
      for await status in exits { return status }
      return -1
    }
  }

  /// Beside the bundle that holds the tests.
  private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
    .resolvingSymlinksInPath()
    .deletingLastPathComponent()
    .appendingPathComponent("tokenwire")

  /// Waits until the output has this text; fails when it ends before.
  func waitForOutput(_ text: String) async throws {
    if await self.output.contains(text) { return }
    let errors = await self.errors.all()
    try #require(Bool(false), "the output ended without \"\(text)\"; errors: \(errors)")
  }

  func outcome() async -> Outcome {
    let output = await self.output.all()
    let errors = await self.errors.all()
    return Outcome(status: await self.exit.value, output: output, errors: errors)
  }

  func signal(_ signal: Int32) {
    kill(self.processID, signal)
  }
}

/// What a process prints, as it prints it.
private actor Output {
  private(set) var text = ""
  private var chunks: AsyncStream<Data>.AsyncIterator?

  init(_ pipe: Pipe) {
    let (chunks, continuation) = AsyncStream.makeStream(of: Data.self)
    pipe.fileHandleForReading.readabilityHandler = { file in
      let data = file.availableData
      if data.isEmpty {
        file.readabilityHandler = nil
        continuation.finish()
      } else {
        continuation.yield(data)
      }
    }
    self.chunks = chunks.makeAsyncIterator()
  }

  func contains(_ wanted: String) async -> Bool {
    while !self.text.contains(wanted) {
      guard await self.readChunk() else { return false }
    }
    return true
  }

  func all() async -> String {
    while await self.readChunk() {}
    return self.text
  }

  private func readChunk() async -> Bool {
    guard var chunks = self.chunks else { return false }
    self.chunks = nil
    let data = await chunks.next(isolation: self)
    guard let data else { return false }
    self.text += String(decoding: data, as: UTF8.self)
    self.chunks = chunks
    return true
  }
}

extension Command {
  /// Runs a server with a scripted generator for as long as `body` runs.
  static func withServer<Result>(
    environment: [String: String] = [:],
    _ body: (_ server: Command, _ address: String) async throws -> Result
  ) async throws -> Result {
    let server = try Command(
      "serve",
      "--listen",
      "127.0.0.1:0",
      environment: ["TOKENWIRE_GENERATOR": "scripted"].merging(environment) { $1 }
    )
    defer { server.signal(SIGKILL) }
    try await server.waitForOutput(")\n")
    let ready = try #require(
      await server.output.text.firstMatch(of: /^tokenwire is ready on ([^ ]+) \(model scripted\)\n/)
    )
    return try await body(server, String(ready.1))
  }
}
