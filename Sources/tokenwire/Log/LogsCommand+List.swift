import ArgumentParser
import Foundation
import RPC
import TokenwireAPI
import TokenwireClient

extension LogsCommand {
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the entries of a server's log, newest first.",
      discussion: """
        With --follow it shows new entries, or all from --since or --after on, until Ctrl-C; when the \
        server stops, it waits for it and continues.
        """
    )

    @Option(help: "Whose entries; others' need the scope admin. (default: the access token's user)")
    var user: String?

    @Option(
      help: "Words in the prompt or the response; \"two words\" is a phrase, star* a prefix."
    )
    var search: String?

    @Option(
      help: "Only entries of this last period, such as 2h or 7d.",
      transform: Lifetime.init(flag:)
    )
    var since: Lifetime?

    @Option(help: "Only entries of this model.")
    var model: String?

    @Option(help: "Only entries of this session.")
    var session: String?

    @Option(help: "At most this many.")
    var limit: Int64?

    @Option(help: "Continue after the entry with this id.")
    var after: String?

    @Flag(help: "The oldest first.")
    var oldestFirst = false

    @Flag(help: "Continue with new entries as they arrive.")
    var follow = false

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @Option(
      defaultAsFlag: CSVFlag(argument: CSV.Form.guarded.rawValue),
      parsing: .next,
      help: ArgumentHelp(
        """
        Print comma-separated values with a header (RFC 4180), and an apostrophe before those that \
        a spreadsheet would take for formulas; --csv=raw leaves them as they are.
        """,
        valueName: "raw"
      )
    )
    var csv: CSVFlag?

    @OptionGroup(title: "Server options")
    var call: CallFlags

    func validate() throws {
      _ = try self.csv?.form
      if self.json && self.csv != nil { throw ValidationError("give either --json or --csv") }
      if let limit, limit < 1 { throw ValidationError("--limit must be above 0") }
    }

    func run() async throws {
      let printer = EntryPrinter(
        form: try self.csv.map { .csv(try $0.form) } ?? (self.json ? .json : .text)
      )
      let request = self.request
      try await withInterruption {
        try await self.call.withClient { (client, options) throws(CallError) in
          printer.begin()
          if self.follow {
            var follower = LogFollower(client: client, request: request, options: options)
            try await follower.run(printing: printer)
          } else {
            for try await entry in try await client.api.queryLogs(request, options: options) {
              printer.print(entry)
            }
          }
        }
      }
    }

    private var request: QueryLogsRequest {
      QueryLogsRequest(
        userID: self.user ?? "",
        // All entries come after 1970.
        sinceUnixMicros: self.since.map { since in
          Int64(max(Date.now.timeIntervalSince1970 - since.duration / .seconds(1), 0) * 1_000_000)
        } ?? 0,
        model: self.model ?? "",
        search: self.search ?? "",
        limit: self.limit ?? 0,
        afterID: self.after ?? "",
        order: self.oldestFirst || self.follow ? .oldestFirst : .newestFirst,
        follow: self.follow,
        sessionID: self.session ?? ""
      )
    }
  }
}

/// The value of --csv as given. If a type refused a value, ArgumentParser would report a missing
/// value.
struct CSVFlag: ExpressibleByArgument, CustomStringConvertible {
  private let text: String

  init(argument: String) {
    self.text = argument
  }

  var description: String { self.text }

  var form: CSV.Form {
    get throws {
      guard let form = CSV.Form(rawValue: self.text) else {
        throw ValidationError("--csv is \"\(self.text)\": give --csv, or --csv=raw")
      }
      return form
    }
  }
}
