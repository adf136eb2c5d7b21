internal import Identifiers
internal import PostgreSQL
internal import RequestLog

/// The partitions of a month each that the table `entries` may consist of.
///
/// Together they cover all positions: the first begins before any, and the last ends at
/// `log_end.partitioned_until`, which each transaction that stores entries reads with the log's end.
/// An index cannot tell that a key is unique in all partitions; the lock on the log's end does.
enum LogPartitions {
  /// Makes the table a partitioned one, and what is in it the first partition. A role that may not
  /// create tables adds and drops partitions by the owner's functions.
  ///
  /// The indexes and rights of the table are those of its successor.
  static let creation = """
    -- Where the month of a position ends.
    CREATE FUNCTION tokenwire.month_end("position" bigint) RETURNS bigint
      LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
      AS $function$
        SELECT (
          extract(epoch FROM
            date_trunc('month', to_timestamp(("position" >> 8) / 1e6) AT TIME ZONE 'UTC')
              + interval '1 month'
          ) * 1000000
        )::bigint << 8
      $function$;

    DO $do$
    DECLARE
      stop bigint;
      definitions text[];
      definition text;
      index record;
      privilege record;
    BEGIN
      SELECT tokenwire.month_end(
          greatest("position", (extract(epoch FROM clock_timestamp()) * 1000000)::bigint << 8)
        ) INTO stop FROM tokenwire.log_end;
      ALTER TABLE tokenwire.entries RENAME TO entries_first;
      FOR index IN
        SELECT relname AS name, indisunique, pg_get_indexdef(indexrelid) AS definition
        FROM pg_index JOIN pg_class ON oid = indexrelid
        WHERE indrelid = 'tokenwire.entries_first'::regclass
      LOOP
        IF NOT index.indisunique THEN
          definitions := definitions || replace(index.definition, 'entries_first', 'entries');
        END IF;
        EXECUTE format(
          'ALTER INDEX tokenwire.%I RENAME TO %I',
          index.name, replace(index.name, 'entries', 'entries_first')
        );
      END LOOP;
      CREATE TABLE tokenwire.entries (LIKE tokenwire.entries_first INCLUDING STORAGE)
        PARTITION BY RANGE ("position");
      ALTER TABLE tokenwire.entries ADD PRIMARY KEY ("position");
      FOREACH definition IN ARRAY definitions LOOP EXECUTE definition; END LOOP;
      EXECUTE format(
        'ALTER TABLE tokenwire.entries ATTACH PARTITION tokenwire.entries_first '
          'FOR VALUES FROM (MINVALUE) TO (%s)',
        stop
      );
      FOR privilege IN
        SELECT privilege_type AS name,
          CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS role
        FROM pg_class, aclexplode(relacl)
        WHERE oid = 'tokenwire.entries_first'::regclass AND grantee <> relowner
      LOOP
        EXECUTE format('GRANT %s ON tokenwire.entries TO %s', privilege.name, privilege.role);
      END LOOP;
      UPDATE tokenwire.log_end SET partitioned_until = stop;
    END
    $do$;

    CREATE VIEW tokenwire.partitions AS
      SELECT child.oid::regclass AS name, substring(
          pg_get_expr(child.relpartbound, child.oid) FROM 'TO \\(''?(-?[0-9]+)''?\\)'
        )::bigint AS partition_end
      FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
      WHERE inhparent = 'tokenwire.entries'::regclass;

    -- Adds a partition up to the end of the month of a position.
    CREATE FUNCTION tokenwire.add_partition("last" bigint) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
      AS $function$
      DECLARE
        start bigint;
        stop bigint := tokenwire.month_end("last");
        template regclass;
        added name :=
          'entries_' || to_char(to_timestamp(("last" >> 8) / 1e6) AT TIME ZONE 'UTC', 'YYYY_MM');
      BEGIN
        IF NOT has_table_privilege(session_user, 'tokenwire.entries', 'INSERT') THEN
          RAISE insufficient_privilege USING MESSAGE = 'permission denied for table entries';
        END IF;
        SELECT partitioned_until INTO start FROM tokenwire.log_end FOR UPDATE;
        IF start >= stop THEN RETURN; END IF;
        SELECT name INTO template FROM tokenwire.partitions WHERE partition_end = start;
        EXECUTE format('CREATE TABLE tokenwire.%I (LIKE %s INCLUDING ALL)', added, template);
        EXECUTE format(
          'ALTER TABLE tokenwire.entries ATTACH PARTITION tokenwire.%I '
            'FOR VALUES FROM (%s) TO (%s)',
          added, start, stop
        );
        UPDATE tokenwire.log_end SET partitioned_until = stop;
      END
      $function$;

    -- Drops the partitions that end before a position or at it, but for the last one; NULL is the
    -- position of the first entry. The first partition is emptied, and covers what the others did.
    CREATE FUNCTION tokenwire.drop_partitions(
        given bigint, OUT dropped_entries bigint, OUT dropped_bytes bigint, OUT left_bytes bigint
      )
      LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
      AS $function$
      DECLARE
        before bigint := given;
        latest bigint;
        first_end bigint;
        dropped_end bigint;
        dropped record;
        counted record;
      BEGIN
        IF NOT has_table_privilege(session_user, 'tokenwire.entries', 'DELETE') THEN
          RAISE insufficient_privilege USING MESSAGE = 'permission denied for table entries';
        END IF;
        dropped_entries := 0;
        dropped_bytes := 0;
        SELECT partitioned_until, bytes INTO latest, left_bytes FROM tokenwire.log_end FOR UPDATE;
        IF before IS NULL THEN
          SELECT coalesce(min("position"), latest) INTO before FROM tokenwire.entries;
        END IF;
        SELECT max(partition_end) INTO dropped_end FROM tokenwire.partitions
          WHERE partition_end <= before AND partition_end < latest;
        SELECT partition_end INTO first_end FROM tokenwire.partitions
          WHERE name = 'tokenwire.entries_first'::regclass;
        IF dropped_end IS NULL
          OR dropped_end = first_end AND NOT EXISTS (SELECT FROM tokenwire.entries_first)
        THEN
          RETURN;
        END IF;
        LOCK TABLE tokenwire.entries IN ACCESS EXCLUSIVE MODE;
        FOR dropped IN
          SELECT name FROM tokenwire.partitions WHERE partition_end <= dropped_end
        LOOP
          EXECUTE format(
            'SELECT count(*) AS entries, coalesce(sum(bytes), 0) AS bytes FROM %s', dropped.name
          ) INTO counted;
          dropped_entries := dropped_entries + counted.entries;
          dropped_bytes := dropped_bytes + counted.bytes;
          IF dropped.name = 'tokenwire.entries_first'::regclass THEN
            TRUNCATE tokenwire.entries_first;
            ALTER TABLE tokenwire.entries DETACH PARTITION tokenwire.entries_first;
          ELSE
            EXECUTE format('DROP TABLE %s', dropped.name);
          END IF;
        END LOOP;
        EXECUTE format(
          'ALTER TABLE tokenwire.entries ATTACH PARTITION tokenwire.entries_first '
            'FOR VALUES FROM (MINVALUE) TO (%s)',
          dropped_end
        );
        UPDATE tokenwire.log_end
          SET entries = entries - dropped_entries, bytes = bytes - dropped_bytes
          RETURNING bytes INTO left_bytes;
      END
      $function$;
    """

  /// Adds the partition that new rows need, if there is none.
  static func addition(for rows: [EntryRow], _ end: LogEnd) -> [Statement] {
    guard let until = end.partitionedUntil, let last = rows.map(\.position).max(), last >= until
    else { return [] }
    return [Statement("SELECT tokenwire.add_partition($1)", .bigint(last.rawValue))]
  }

  /// Drops the partitions that end before a position; those without entries, when it is nil.
  ///
  /// Like a removal of rows, it gives the number of entries, their size, and that of the log.
  static func removal(before position: Position?) -> Statement {
    let before = position.map { "\($0.rawValue)" } ?? "NULL"
    return .command(Identifier("SELECT * FROM tokenwire.drop_partitions(\(before))"))
  }
}

extension Connection {
  /// Makes the log's table a partitioned one, if it is not; what stores entries meanwhile, waits.
  func partitionLog(until deadline: ContinuousClock.Instant) throws(PostgreSQLError) {
    try self.execute(
      "BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0",
      until: deadline
    )
    // Another node may have done it, or do it now.
    if try LogEnd(self.run(LogEnd.lock, until: deadline)).partitionedUntil == nil {
      try self.execute(LogPartitions.creation, until: deadline)
    }
    try self.execute("COMMIT", until: deadline)
  }
}
