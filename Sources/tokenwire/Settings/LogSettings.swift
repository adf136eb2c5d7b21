/// Where a server logs requests, and what.
struct LogSettings: SettingGroup {
  static let title = "Log"

  let logStore = Setting(
    "logStore",
    .logPlace,
    default: .absent(shownAs: "there is none"),
    isSecret: true,
    """
    The request log: sqlite:FILE, or a URL of PostgreSQL, postgresql://USER@HOST/DATABASE, or of \
    MongoDB, mongodb://USER@HOST/DATABASE.
    """
  )
  let logFile = Setting(
    "logFile",
    .path,
    default: .absent(),
    "The request log in a file: another name of --log-store sqlite:FILE."
  )
  let logStorePasswordFile = Setting(
    "logStorePasswordFile",
    .path,
    default: .absent(shownAs: "for PostgreSQL, PGPASSWORD or the file that PGPASSFILE names"),
    needs: .logDatabase,
    "A file with the password of the log's database."
  )
  let logPartition = Setting(
    "logPartition",
    .word(of: ServerConfiguration.Log.Partition.self) { words in
      "one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
    },
    default: .text("none", shownAs: "none, which leaves the table as it is"),
    needs: .postgreSQLLog,
    "Whether PostgreSQL keeps the entries of each month in a partition: none or month."
  )
  let logOutbox = Setting(
    "logOutbox",
    .path,
    default: .absent(shownAs: "there is none"),
    """
    A file that keeps entries until the log's database has them: logging then goes on while the \
    database is away.
    """
  )
  let logOutboxMaxSize = Setting(
    "logOutboxMaxSize",
    .size(1 << 20 ... 1 << 50),
    default: "1GiB",
    needs: .logOutbox,
    "How large that file may be; then logging fails until the database is there."
  )
  let logContent = Setting(
    "logContent",
    .word(of: ServerConfiguration.Log.Content.self) { words in
      "one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
    },
    default: "full",
    needs: .log,
    "What it keeps of the texts: full, metadata or hash."
  )
  let logMaxAge = Setting(
    "logMaxAge",
    .timeWithUnitOrZero,
    default: .text("0s", shownAs: "0s, for ever"),
    needs: .log,
    "How old its entries may be, such as 90d."
  )
  let logMaxSize = Setting(
    "logMaxSize",
    .sizeOrZero(1 << 20 ... 1 << 50),
    default: .text("0", shownAs: "0, without limit"),
    needs: .log,
    "How large it may be, such as 10GiB."
  )
  let logPruneInterval = Setting(
    "logPruneInterval",
    .time,
    default: "60s",
    needs: .log,
    "How often entries that are too old or too many are removed."
  )
  // The prompt and the response share one message, which is at most this large.
  let logMaxPromptSize = Setting(
    "logMaxPromptSize",
    .size(1 ... 4 << 20),
    default: "1MiB",
    needs: .log,
    "The largest prompt, up to 4MiB."
  )
  let logMaxResponseSize = Setting(
    "logMaxResponseSize",
    .size(1 ... 4 << 20),
    default: "1MiB",
    needs: .log,
    "The largest response, up to 4MiB."
  )
  let logMaxMetadataKeys = Setting(
    "logMaxMetadataKeys",
    .count(0 ... 1_048_576, of: "keys"),
    default: "64",
    needs: .log,
    "How many keys an entry's metadata may have."
  )
  let logMaxMetadataSize = Setting(
    "logMaxMetadataSize",
    .size(0 ... 4 << 20),
    default: "16KiB",
    needs: .log,
    "The size of its keys and values."
  )
  let logMaxWaitingEntries = Setting(
    "logMaxWaitingEntries",
    .count(1 ... 1_048_576, of: "entries"),
    default: "4096",
    needs: .log,
    "How many entries may wait for the disk."
  )
  let logMaxWaitingSize = Setting(
    "logMaxWaitingSize",
    .size(1 ... 16 << 30),
    default: "64MiB",
    needs: .log,
    "The size of the entries that wait."
  )
}

/// What an entry may have: those of the log's settings that a command has, too, which stores entries
/// itself.
struct EntryLimitSettings: SettingGroup {
  static let title = LogSettings.title

  static var settings: [any DeclaredSetting] {
    let log = Settings.log
    return [
      log.logMaxPromptSize, log.logMaxResponseSize, log.logMaxMetadataKeys, log.logMaxMetadataSize,
    ]
  }
}
