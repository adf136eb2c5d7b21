import ArgumentParser
import Foundation
import Identifiers
import RequestLog

extension LogsCommand {
  struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show how many entries a log has, and their size, by user and by day.",
      discussion: """
        On a terminal with bars, and only the largest users and the last days; elsewhere all of them. \
        A server may write to the log meanwhile.
        """
    )

    @OptionGroup
    var log: LogStoreFlags

    /// The most rows on a terminal.
    private static let userRows = 20
    private static let dayRows = 31

    func run() async throws {
      let statistics = try await self.log.withReading { try await $0.stats(of: nil) }
      let store = try self.log.place.database?.parts ?? "a file"
      let width = Terminal.width
      let users = statistics.users.sorted { ($1.value.bytes, $0.key) < ($0.value.bytes, $1.key) }
        .map { BarChart.Row($0.key, $0.value) }
      let days = statistics.days.sorted { $0.key < $1.key }
        .map { BarChart.Row("\($0.key.day)", $0.value) }
      StandardOutput.write(
        """
        \(statistics.total.entries.entryText), \(statistics.total.bytes.byteText) of text in \(store) of \
        \(statistics.storageBytes.byteText)

        """
      )
      if statistics.total.entries == 0 { return }
      let shownUsers = width == nil ? users[...] : users.prefix(Self.userRows)
      let shownDays = width == nil ? days[...] : days.suffix(Self.dayRows)
      StandardOutput.write("\nBy user\n" + BarChart(rows: Array(shownUsers)).text(width: width))
      if users.count > shownUsers.count {
        StandardOutput.write("and \(users.count - shownUsers.count) more users\n")
      }
      StandardOutput.write("\nBy day, in UTC\n")
      if days.count > shownDays.count {
        StandardOutput.write("\(days.count - shownDays.count) earlier days, and\n")
      }
      StandardOutput.write(BarChart(rows: Array(shownDays)).text(width: width))
    }
  }
}

extension BarChart.Row {
  fileprivate init(_ name: Identifier, _ share: LogStatistics.Share) {
    self.init(name: name.text, entries: share.entries, bytes: share.bytes)
  }
}

extension Timestamp {
  /// The day in UTC, such as "2026-11-24".
  fileprivate var day: String {
    let seconds = TimeInterval(self.microseconds / 1_000_000)
    return Date(timeIntervalSince1970: seconds).formatted(.iso8601.year().month().day())
  }
}
