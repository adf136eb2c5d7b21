import ArgumentParser
import Foundation
import FrameRPC
import TokenwireAPI
import TokenwireClient

extension LogsCommand {
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the entries of a server's log, the newest first.",
      discussion: """
        With --follow it shows those that come from now on, or from --since or --after on, until \
        Ctrl-C; when the server goes away, it waits for it and goes on where it was.
        """
    )

    @OptionGroup
    var server: ServerFlags

    @OptionGroup
    var token: TokenFlags

    @Option(help: "Whose entries; others' need the scope admin. (default: the token's user)")
    var user: String?

    @Option(
      help: "Words of the prompt or the response; \"two words\" side by side, star* begins so."
    )
    var search: String?

    @Option(help: "Only those of the last while, such as 2h or 7d.")
    var since: Lifetime?

    @Option(help: "Only those of this model.")
    var model: String?

    @Option(help: "At most this many.")
    var limit: Int64?

    @Option(help: "Go on after the entry with this id.")
    var after: String?

    @Flag(help: "The oldest first.")
    var oldestFirst = false

    @Flag(help: "Go on with new entries as they come.")
    var follow = false

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Flag(help: "Print comma-separated values with a header (RFC 4180).")
    var csv = false

    func validate() throws {
      if self.json && self.csv { throw ValidationError("give either --json or --csv") }
      if let limit, limit < 1 { throw ValidationError("--limit must be above 0") }
    }

    func run() async throws {
      let printer = EntryPrinter(form: self.csv ? .csv : self.json ? .json : .text)
      printer.begin()
      if self.follow {
        try await withInterruption {
          do throws(CallError) {
            let client = try await self.server.connect(token: self.token.value)
            var follower = LogFollower(client: client, request: self.request)
            try await follower.run(printing: printer)
            await client.close()
          } catch {
            throw CommandFailure(error.description)
          }
        }
      } else {
        do throws(CallError) {
          let client = try await self.server.connect(token: self.token.value)
          for try await entry in try await client.api.queryLogs(self.request) {
            printer.print(entry)
          }
          await client.close()
        } catch {
          throw CommandFailure(error.description)
        }
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
        limit: self.limit ?? 0,
        afterID: self.after ?? "",
        order: self.oldestFirst || self.follow ? .oldestFirst : .newestFirst,
        follow: self.follow
      )
    }
  }
}
