internal import Identifiers
internal import PostgreSQL

/// The tables of a log's database. Published steps are never changed.
enum LogSchema {
  static let schema = Schema("tokenwire", steps: steps)

  static let steps = [
    """
    CREATE TABLE tokenwire.entries (
      -- Microseconds since 1970 times 256, plus a number that tells entries of one time apart.
      position bigint PRIMARY KEY,
      -- A ULID. Its milliseconds tell where it is: it needs no index.
      id text COLLATE "C" NOT NULL,
      user_id text COLLATE "C" NOT NULL,
      -- The size of all texts that were given.
      bytes bigint NOT NULL,
      idempotency_key text COLLATE "C",
      model text COLLATE "C" NOT NULL,
      generation_id text COLLATE "C" NOT NULL,
      session_id text COLLATE "C",
      metadata json,
      prompt_bytes bigint NOT NULL,
      response_bytes bigint NOT NULL,
      prompt_hash bytea,
      response_hash bytea,
      prompt text COLLATE "C",
      response text COLLATE "C",
      -- The words of both texts, as the server splits them. NULL if there are too many.
      words tsvector
    );

    -- Has all that statistics need.
    CREATE INDEX entries_by_user ON tokenwire.entries (user_id, position) INCLUDE (bytes);

    CREATE UNIQUE INDEX entries_by_idempotency_key
      ON tokenwire.entries (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

    CREATE INDEX entries_by_session
      ON tokenwire.entries (session_id, user_id, position) WHERE session_id IS NOT NULL;

    CREATE INDEX entries_by_words ON tokenwire.entries USING gin (words);

    CREATE INDEX entries_without_words
      ON tokenwire.entries (position) WHERE words IS NULL AND prompt IS NOT NULL;

    -- One row, which each commit locks and changes: entries become visible in the order of their
    -- positions, whichever node stores them.
    CREATE TABLE tokenwire.log_end (
      only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
      -- Those of the last entry, also if it was removed since.
      position bigint NOT NULL,
      id text COLLATE "C" NOT NULL,
      -- How much the log holds.
      entries bigint NOT NULL,
      bytes bigint NOT NULL
    ) WITH (fillfactor = 10);

    INSERT INTO tokenwire.log_end (position, id, entries, bytes) VALUES (-1, '', 0, 0);
    """,
    """
    -- Where the last partition ends; NULL when the entries are in one table.
    ALTER TABLE tokenwire.log_end ADD COLUMN partitioned_until bigint;
    """,
    """
    -- Of an entry that another log has acknowledged and forwarded: its time there, in microseconds since
    -- 1970, which its id tells. Its position is of when it came.
    ALTER TABLE tokenwire.entries ADD COLUMN logged_at bigint;

    -- Not unique, because an index cannot be that in all partitions: the lock on the log's end sees to it.
    CREATE INDEX entries_by_forwarded_id ON tokenwire.entries (id) WHERE logged_at IS NOT NULL;
    """,
  ]
}
