internal import Generation
internal import Identifiers
internal import Logging
internal import RPC
internal import RequestLog
internal import TokenwireAPI

/// The handlers of calls to the request log.
struct LogHandlers: Sendable {
  /// Nil: the server has no log.
  let log: (any LogStore)?
  let logger: Logger

  /// Stores an entry of the access token's user, and answers when it is durable.
  func logRequest(
    _ request: LogRequestRequest,
    context: CallContext
  ) async throws -> LogRequestResponse {
    let log = try self.log(for: context)
    let user = try context.admitted
    let entry = try await log.append(NewEntry(request, userID: user.userID))
    return LogRequestResponse(
      message: "Request logged successfully",
      id: entry.id.description,
      timestampUnixMicros: entry.timestamp.microseconds,
      durability: Durability(log.durability)
    )
  }

  /// Streams entries of the access token's user, or, with the scope `admin`, of another user.
  func queryLogs(
    _ request: QueryLogsRequest,
    response: ResponseWriter<LogEntry>,
    context: CallContext
  ) async throws {
    let log = try self.log(for: context)
    let user = try context.admitted
    let userID = request.userID.isEmpty ? user.userID : Identifier(request.userID)
    guard userID == user.userID || user.isAdmin else {
      throw CallError(
        .permissionDenied,
        "user_id is another user's: the token does not have the scope \"admin\" that this needs"
      )
    }
    let query = try LogQuery(request, userID: userID)
    var seq: UInt64 = 0
    for try await entry in try log.query(query) {
      // Who follows the log for days must not go on when the access token is revoked.
      try user.verifyAgain()
      try await response.write(LogEntry(entry, seq: seq))
      seq += 1
    }
  }

  /// Erases all entries of a user, and answers when they are gone.
  func eraseLogs(
    _ request: EraseLogsRequest,
    context: CallContext
  ) async throws -> EraseLogsResponse {
    let log = try self.log(for: context)
    let admin = try context.admitted
    guard !request.userID.isEmpty else { throw CallError(.invalidArgument, "user_id is required") }
    var metadata: Logger.Metadata = ["user": "\(request.userID)", "by": "\(admin.userID)"]
    do {
      let removal = try await log.erase(user: Identifier(request.userID))
      metadata["entries"] = "\(removal.entries)"
      metadata["bytes"] = "\(removal.bytes)"
      self.logger.notice("Erased a user's log entries", metadata: metadata)
      return EraseLogsResponse(entries: Int64(removal.entries), bytes: Int64(removal.bytes))
    } catch {
      metadata["error"] = "\(error)"
      self.logger.error("A user's log entries could not be erased", metadata: metadata)
      throw error
    }
  }

  private func log(for context: CallContext) throws(CallError) -> any LogStore {
    guard let log else {
      throw CallError(
        .unimplemented,
        "method \(context.method.method) is not offered by this server: it keeps no log"
      )
    }
    return log
  }
}

extension Durability {
  fileprivate init(_ durability: LogDurability) {
    self =
      switch durability {
      case .synced: .synced
      case .localSynced: .localSynced
      }
  }
}

extension NewEntry {
  fileprivate init(_ request: LogRequestRequest, userID: Identifier) {
    self.init(
      userID: userID,
      prompt: request.prompt,
      response: request.response,
      model: Identifier(request.model),
      generationID: Identifier(request.generationID),
      sessionID: Identifier(request.sessionID),
      metadata: request.metadata,
      idempotencyKey: Identifier(request.idempotencyKey)
    )
  }
}

extension LogQuery {
  fileprivate init(_ request: QueryLogsRequest, userID: Identifier) throws(CallError) {
    var after: ULID?
    if !request.afterID.isEmpty {
      guard let id = ULID(request.afterID) else {
        throw .outOfRange("after_id", "\"\(request.afterID.shortened)\"", "the id of an entry")
      }
      after = id
    }
    guard request.limit >= 0 else { throw .outOfRange("limit", request.limit, "0 or more") }
    self.init(
      userID: userID,
      since: request.sinceUnixMicros == 0 ? nil : Timestamp(microseconds: request.sinceUnixMicros),
      until: request.untilUnixMicros == 0 ? nil : Timestamp(microseconds: request.untilUnixMicros),
      model: request.model.isEmpty ? nil : Identifier(request.model),
      sessionID: request.sessionID.isEmpty ? nil : Identifier(request.sessionID),
      search: request.search.isEmpty ? nil : request.search,
      limit: request.limit == 0 ? nil : Int(request.limit),
      after: after,
      order: request.order == .oldestFirst ? .oldestFirst : .newestFirst,
      follows: request.follow
    )
  }
}
