import Foundation
import Identifiers
import Listening
import RPC
import Subprocess
import TTRPC
import Testing
import TokenwireAPI
import TokenwireClient

/// A folder with keys and a log, and commands that use them.
struct LogFiles {
  let folder: String

  var log: String { self.folder + "/log.db" }

  /// For a server that keeps the log.
  var environment: [Environment.Key: String?] {
    ["TOKENWIRE_KEY_FILE": self.folder + "/keys", "TOKENWIRE_LOG_FILE": self.log]
  }

  static func with(_ body: (LogFiles) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = LogFiles(folder: folder.path)
    #expect(try await files.run(["key", "new"]).status == .exited(0))
    try await body(files)
  }

  func run(_ arguments: [String], input: String = "") async throws -> Command.Outcome {
    try await Command.run(arguments, input: input, environment: self.environment)
  }

  func token(for user: String, scope: String = "log,logs:read") async throws -> String {
    try await self.run(["token", "issue", "--user", user, "--scope", scope]).output
      .trimmingCharacters(in: .newlines)
  }

  /// Runs a client that makes each call once, with a user's token.
  func withClient(
    of address: String,
    user: String,
    _ body: (TokenwireClient, CallOptions) async throws -> Void
  ) async throws {
    let options = CallOptions(
      metadata: ["authorization": "Bearer \(try await self.token(for: user))"]
    )
    let client = try await TokenwireClient.connect(
      to: try #require(Endpoint(address)),
      options: ClientOptions(retry: .never)
    )
    do {
      try await body(client, options)
      await client.close()
    } catch {
      await client.close()
      throw error
    }
  }

  /// The names of all files, in order.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: self.folder).sorted() }
  }

  func permissions(of name: String) throws -> Int? {
    let path = "\(self.folder)/\(name)"
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue
  }

  /// Writes a file that can be imported: entries of one user, a second apart.
  ///
  /// - Parameter text: prompt and response of an entry, as JSON has them between quotation marks.
  func writeEntries(
    count: Int,
    user: String,
    to name: String,
    text: (_ number: Int) -> String
  ) throws {
    let start = 1_700_000_000_000
    let lines = try (0 ..< count).map { number in
      let time = start + number * 1000
      let size = try JSONDecoder().decode(String.self, from: Data("\"\(text(number))\"".utf8))
        .utf8.count
      return """
        {"generation_id":"","id":"\(Self.ulid(time, number))","idempotency_key":"","metadata":{},\
        "model":"m","prompt":"\(text(number))","prompt_bytes":\(size),\
        "response":"\(text(number))","response_bytes":\(size),\
        "timestamp_us":\(time * 1000),"user_id":"\(user)"}\n
        """
    }
    let file = URL(fileURLWithPath: "\(self.folder)/\(name)")
    try Data(lines.joined().utf8).write(to: file)
  }

  /// 10 digits for a time in milliseconds, 16 for a number (https://github.com/ulid/spec).
  private static func ulid(_ milliseconds: Int, _ number: Int) -> String {
    let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    func digits(_ value: Int, _ count: Int) -> String {
      String((0 ..< count).map { alphabet[(value >> (5 * min(count - 1 - $0, 12))) & 31] })
    }
    return digits(milliseconds, 10) + "000" + digits(number, 13)
  }
}
