internal import Identifiers
internal import MongoDB
internal import RequestLog

/// The claim of one node to be the one that prunes: two at once would each remove what is too much.
///
/// It is a field of the document `log_end`, and ends by the server's clock, so that a node that dies with it
/// does not keep the others from pruning for long. Should a node take longer for one step than the claim
/// lasts, another may begin, which looks at the size again before each step: then they remove at most
/// the documents of one step too many.
struct PruningClaim: Sendable {
  /// How long it lasts without being renewed.
  private static let milliseconds: Int64 = 60_000
  private static let key = "log_end"

  private let token = ULID(value: UInt128.random(in: 0 ... .max)).description

  /// Takes the claim, or renews it.
  ///
  /// - Returns: whether it is this node's.
  func take(_ client: borrowing Client, _ database: Database) throws(MongoDBError) -> Bool {
    let now = try ServerTime.read(client, database).milliseconds
    let reply = try client.write(
      [
        "findAndModify": .text(Database.state),
        "query": [
          "_id": .text(Self.key),
          "$or": [
            ["pruning": ["$exists": false]], ["pruning.token": .text(self.token)],
            ["pruning.end": ["$lt": .date(now)]],
          ],
        ],
        "update": [
          "$set": [
            "pruning": [
              "token": .text(self.token), "end": .date(now.addingClamped(Self.milliseconds)),
            ]
          ]
        ],
        "fields": ["_id": 1],
      ],
      in: database.name
    )
    return reply["value"]?.document != nil
  }

  /// Gives the claim back, if it is still this node's.
  func release(_ client: borrowing Client, _ database: Database) throws(MongoDBError) {
    let update: Value = [
      "q": ["_id": .text(Self.key), "pruning.token": .text(self.token)],
      "u": ["$unset": ["pruning": ""]],
    ]
    _ = try client.write(
      ["update": .text(Database.state), "updates": [update]],
      in: database.name
    )
  }
}
