import ArgumentParser
import Foundation
import FrameRPC
import TokenwireAPI
import TokenwireClient

struct LogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs",
    abstract: "Show the entries of a server's log, the newest first."
  )

  @OptionGroup
  var server: ServerFlags

  @OptionGroup
  var token: TokenFlags

  @Option(help: "Whose entries; others' need the scope admin. (default: the token's user)")
  var user: String?

  @Option(help: "Words of the prompt or the response; \"two words\" side by side, star* begins so.")
  var search: String?

  @Option(help: "Only those of the last while, such as 2h or 7d.")
  var since: Lifetime?

  @Option(help: "Only those of this model.")
  var model: String?

  @Option(help: "At most this many.")
  var limit: Int64 = 0

  @Option(help: "Go on after the entry with this id.")
  var after: String?

  @Flag(help: "The oldest first.")
  var oldestFirst = false

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func run() async throws {
    do throws(CallError) {
      let client = try await self.server.connect()
      let entries = try await client.api.queryLogs(
        self.request,
        options: CallOptions(metadata: self.token.metadata)
      )
      for try await entry in entries {
        StandardOutput.write((self.json ? entry.json : entry.text) + "\n")
      }
      await client.close()
    } catch {
      throw CommandFailure(error.description)
    }
  }

  private var request: QueryLogsRequest {
    QueryLogsRequest(
      userID: self.user ?? "",
      sinceUnixMicros: self.since.map { since in
        Int64((Date.now.timeIntervalSince1970 - since.duration / .seconds(1)) * 1_000_000)
      } ?? 0,
      model: self.model ?? "",
      search: self.search ?? "",
      limit: self.limit,
      afterID: self.after ?? "",
      order: self.oldestFirst ? .oldestFirst : .newestFirst
    )
  }
}

extension LogEntry {
  /// The entry for people: a line about it, its prompt and its response.
  fileprivate var text: String {
    let time = Date(timeIntervalSince1970: Double(self.timestampUnixMicros) / 1_000_000)
      .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let model = self.model.isEmpty ? "" : "  \(self.model)"
    return "\(self.id)  \(time)  \(self.userID)\(model)\n> \(self.prompt)\n\(self.response)\n"
  }

  /// The entry as one line of JSON, with the names of the fields in the proto.
  fileprivate var json: String {
    EntryLine(
      id: self.id,
      userId: self.userID,
      timestampUnixMicros: self.timestampUnixMicros,
      model: self.model,
      generationId: self.generationID,
      metadata: self.metadata,
      prompt: self.prompt,
      response: self.response
    ).jsonLine
  }
}

private struct EntryLine: Encodable {
  var id: String
  var userId: String
  var timestampUnixMicros: Int64
  var model: String
  var generationId: String
  var metadata: [String: String]
  var prompt: String
  var response: String
}
