import Foundation
import Identifiers
import Logging
import OutboxRequestLog
import PostgresRequestLog
import RequestLog
import SQLiteRequestLog

#if MONGODB
import MongoRequestLog
#endif

/// Writes to a log until it is killed, and tells on standard output what the log has acknowledged.
///
/// Arguments: the log's path, the URL of its database, or "outbox:PATH URL", "maintain" or "append", then for each of its callers the number of
/// the entry to begin with. Caller 3's entry 7 has the key "3-7". Its lines are "stored 3-7 <id>",
/// and "failed <code>" before an entry is tried again.
@main
enum LogCrashWriter {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    let path = arguments[1]
    let isMaintaining = arguments[2] == "maintain"
    let log = try await self.open(path)
    try await withThrowingDiscardingTaskGroup { group in
      for (caller, number) in arguments.dropFirst(2).compactMap(Int.init).enumerated() {
        group.addTask { try await self.append(to: log, caller: caller, from: number) }
      }
      group.addTask { await log.run() }
      if isMaintaining { group.addTask { await self.maintain(log) } }
    }
  }

  /// Opens the log, again and again while the disk fails.
  private static func open(_ path: String) async throws -> any LogStore {
    let logger = Logger(label: "crash") { _ in SwiftLogNoOpLogHandler() }
    while true {
      do throws(LogError) {
        if path.hasPrefix("outbox:") {
          let places = path.dropFirst("outbox:".count).split(separator: " ").map(String.init)
          return try await OutboxLog.open(
            SQLiteLogStore.open(
              path: places[0],
              configuration: .init(indexesWords: false),
              logger: logger
            ),
            maximumBytes: 1 << 30,
            logger: logger
          ) { (_) throws(LogError) in
            try await PostgresLogStore.open(.init(url: places[1]), logger: logger)
          }
        }
        if path.hasPrefix("postgresql:") {
          return try await PostgresLogStore.open(.init(url: path), logger: logger)
        }
        #if MONGODB
        if path.hasPrefix("mongodb:") {
          let configuration = MongoLogStore.Configuration(reservationTime: .seconds(1))
          return try await MongoLogStore.open(
            .init(url: path),
            configuration: configuration,
            logger: logger
          )
        }
        #endif
        return try await SQLiteLogStore.open(path: path, logger: logger)
      } catch {
        try self.tell("failed \(error.code)")
      }
    }
  }

  private static func append(to log: any LogStore, caller: Int, from first: Int) async throws {
    var number = first
    while true {
      let key = "\(caller)-\(number)"
      do {
        let entry = try await log.append(
          NewEntry(
            userID: "crash",
            // From one page to many.
            prompt: String(repeating: "\(key) ", count: number % 11 == 0 ? 5000 : 5),
            response: key,
            idempotencyKey: Identifier(key)
          )
        )
        try self.tell("stored \(key) \(entry.id)")
        number += 1
      } catch let error as LogError {
        try self.tell("failed \(error.code)")
      }
    }
  }

  /// Erases a user again and again, which also writes the file anew.
  private static func maintain(_ log: any LogStore) async {
    while true {
      // A failure is as good as a success here: the entries of the others are looked at.
      _ = try? await log.append(NewEntry(userID: "erased", prompt: "p", response: "r"))
      _ = try? await log.erase(user: "erased")
    }
  }

  /// Writes a line with one call, so that it is whole or not there.
  private static func tell(_ line: String) throws {
    try FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
  }
}
