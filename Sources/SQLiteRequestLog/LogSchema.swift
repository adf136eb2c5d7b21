internal import RequestLog
internal import SQLite

/// The tables of a log's file. Published steps are never changed.
enum LogSchema {
  static let steps = [
    """
    CREATE TABLE entries (
      -- Microseconds since 1970 times 256, plus a number that tells entries of one time apart.
      position INTEGER PRIMARY KEY,
      -- A ULID. Its milliseconds tell where it is: it needs no index.
      id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      -- The size of all texts that were given.
      bytes INTEGER NOT NULL,
      idempotency_key TEXT,
      model TEXT NOT NULL,
      generation_id TEXT NOT NULL,
      metadata_json TEXT,
      prompt_bytes INTEGER NOT NULL,
      response_bytes INTEGER NOT NULL,
      prompt_hash BLOB,
      response_hash BLOB,
      -- What is long comes last: the rest can be read without it.
      prompt TEXT,
      response TEXT
    ) STRICT;

    -- Has all that statistics need.
    CREATE INDEX entries_by_user ON entries (user_id, position, bytes);

    CREATE UNIQUE INDEX entries_by_idempotency_key ON entries (user_id, idempotency_key)
      WHERE idempotency_key IS NOT NULL;

    CREATE VIRTUAL TABLE search USING fts5 (
      prompt, response,
      content = 'entries', content_rowid = 'position',
      tokenize = 'unicode61 remove_diacritics 2'
    );

    -- An erasure merges the index down to one segment.
    INSERT INTO search (search, rank) VALUES ('usermerge', 2);

    CREATE TRIGGER entries_inserted AFTER INSERT ON entries WHEN new.prompt IS NOT NULL BEGIN
      INSERT INTO search (rowid, prompt, response)
        VALUES (new.position, new.prompt, new.response);
    END;

    CREATE TRIGGER entries_deleted AFTER DELETE ON entries WHEN old.prompt IS NOT NULL BEGIN
      INSERT INTO search (search, rowid, prompt, response)
        VALUES ('delete', old.position, old.prompt, old.response);
    END;
    """,
    """
    -- Entries after this position are not in the index of words yet.
    CREATE TABLE indexed (through INTEGER NOT NULL) STRICT;
    INSERT INTO indexed (through) SELECT coalesce(max(position), -1) FROM entries;

    DROP TRIGGER entries_inserted;
    DROP TRIGGER entries_deleted;

    -- For entries that are imported; those that are logged come after all others.
    CREATE TRIGGER entries_inserted AFTER INSERT ON entries
      WHEN new.prompt IS NOT NULL AND new.position <= (SELECT through FROM indexed) BEGIN
      INSERT INTO search (rowid, prompt, response)
        VALUES (new.position, new.prompt, new.response);
    END;

    CREATE TRIGGER entries_deleted AFTER DELETE ON entries
      WHEN old.prompt IS NOT NULL AND old.position <= (SELECT through FROM indexed) BEGIN
      INSERT INTO search (search, rowid, prompt, response)
        VALUES ('delete', old.position, old.prompt, old.response);
    END;
    """,
    """
    -- The writer merges the index itself, in steps, and only an erasure down to one segment.
    INSERT INTO search (search, rank) VALUES ('automerge', 0);
    INSERT INTO search (search, rank) VALUES ('usermerge', 4);
    """,
    """
    -- Finds words in scripts without spaces, too. All that was indexed is indexed anew.
    DROP TABLE search;
    CREATE VIRTUAL TABLE search USING fts5 (
      prompt, response,
      content = 'entries', content_rowid = 'position',
      tokenize = '\(WordTokenizer.name)'
    );
    INSERT INTO search (search, rank) VALUES ('automerge', 0);
    INSERT INTO search (search, rank) VALUES ('usermerge', 4);
    INSERT INTO search (rowid, prompt, response)
      SELECT position, prompt, response FROM entries
      WHERE position <= (SELECT through FROM indexed) AND prompt IS NOT NULL
      ORDER BY position;
    """,
    """
    -- The conversation of an entry, if it has one.
    ALTER TABLE entries ADD COLUMN session_id TEXT;

    CREATE INDEX entries_by_session ON entries (session_id, user_id, position)
      WHERE session_id IS NOT NULL;
    """,
  ]
}
