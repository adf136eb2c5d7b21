internal import CMongoC

/// Connections to the servers of a database, which are made when they are needed.
public final class ClientPool: Sendable {
  // Sound: the functions of a pool may be called by several threads at once
  // (https://mongoc.org/libmongoc/1.23.1/mongoc_client_pool_t.html); it is destroyed when nobody can
  // call them any more.
  private nonisolated(unsafe) let pool: OpaquePointer

  /// - Parameters:
  ///   - responseTime: how long a server may take for an answer, before the connection counts as lost.
  ///   - connectTime: how long to look for a server that can be written to.
  /// - Throws: `invalid` when the URL cannot be used.
  public init(
    _ parameters: ConnectionParameters,
    responseTime: Duration,
    connectTime: Duration
  ) throws(MongoDBError) {
    let uri = try parameters.uri(responseTime: responseTime, connectTime: connectTime)
    defer { mongoc_uri_destroy(uri) }
    var error = bson_error_t()
    guard let pool = mongoc_client_pool_new_with_error(uri, &error) else {
      throw MongoDBError(error)
    }
    mongoc_client_pool_set_error_api(pool, MONGOC_ERROR_API_VERSION_2)
    self.pool = pool
  }

  deinit {
    mongoc_client_pool_destroy(self.pool)
  }

  /// Runs `body` with a client and a session of its own: what is read in it comes after what was read
  /// and written before, also when another server has become the primary.
  ///
  /// It blocks the thread.
  ///
  /// - Throws: what `body` throws; `unreachable` when there is no server, or no connection is free.
  public func withClient<Result>(
    _ body: (borrowing Client) throws(MongoDBError) -> Result
  ) throws(MongoDBError) -> Result {
    // Nil when the URL bounds the connections, and how long to wait for one.
    guard let client = mongoc_client_pool_pop(self.pool) else {
      throw MongoDBError(
        .unreachable,
        "all connections are in use, for longer than waitQueueTimeoutMS of the URL"
      )
    }
    defer { mongoc_client_pool_push(self.pool, client) }
    var error = bson_error_t()
    // Nil when no server can be reached.
    guard let session = mongoc_client_start_session(client, nil, &error) else {
      throw MongoDBError(error)
    }
    defer { mongoc_client_session_destroy(session) }
    return try body(Client(client, session))
  }
}
