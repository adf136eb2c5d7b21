public import RequestLog

extension SQLiteLogStore {
  /// The settings of a log. The defaults suit a server.
  public struct Configuration: Sendable {
    /// The limits of an entry's fields.
    public var limits: EntryLimits
    /// What is stored of prompts and responses. Default `full`.
    public var content: ContentMode
    /// The most entries that may wait for the disk. Default 4096.
    public var waitingEntries: Int
    /// The most bytes that may wait for the disk. Default 64 MiB.
    public var waitingBytes: Int
    /// The most entries of one commit, so that the write-ahead log stays small. Default 1024.
    public var commitEntries: Int
    /// The most bytes of one commit. Default 16 MiB; a larger entry has a commit of its own.
    public var commitBytes: Int
    /// Whether words are indexed, so that searches are fast. Default true; false suits an outbox, whose
    /// entries soon leave it.
    public var indexesWords: Bool
    /// The most entries that are not indexed yet, which searches scan. Default 65,536; beyond that,
    /// entries are indexed before others are stored.
    public var unindexedEntries: Int
    /// The most bytes of entries that are not indexed yet. Default 64 MiB.
    public var unindexedBytes: Int
    /// The largest size of the database file, in bytes, without its write-ahead log; above it,
    /// writes fail with `diskFull`. Nil, the default, is no limit.
    public var maximumFileBytes: Int?
    /// The intended size of the database, in bytes: when it takes half as much again, storing an
    /// entry removes the oldest ones. Nil, the default, is no limit. `prune` keeps the log well
    /// below.
    public var sizeLimit: Int?
    /// How long to wait for the locks of other programs, such as `sqlite3`. Default 5 s.
    public var busyTimeout: Duration
    /// How many queries can read at the same time, and how many more can search. Default 2.
    public var readers: Int
    /// How long finding the next 256 entries of a search may take. Default 5 s.
    public var searchTime: Duration
    /// The current time. Default: the machine's clock.
    public var clock: @Sendable () -> Timestamp

    /// Creates settings.
    public init(
      limits: EntryLimits = EntryLimits(),
      content: ContentMode = .full,
      waitingEntries: Int = 4096,
      waitingBytes: Int = 64 << 20,
      commitEntries: Int = 1024,
      commitBytes: Int = 16 << 20,
      indexesWords: Bool = true,
      unindexedEntries: Int = 1 << 16,
      unindexedBytes: Int = 64 << 20,
      maximumFileBytes: Int? = nil,
      sizeLimit: Int? = nil,
      busyTimeout: Duration = .seconds(5),
      readers: Int = 2,
      searchTime: Duration = .seconds(5),
      clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
      self.limits = limits
      self.content = content
      self.waitingEntries = waitingEntries
      self.waitingBytes = waitingBytes
      self.commitEntries = commitEntries
      self.commitBytes = commitBytes
      self.indexesWords = indexesWords
      self.unindexedEntries = unindexedEntries
      self.unindexedBytes = unindexedBytes
      self.maximumFileBytes = maximumFileBytes
      self.sizeLimit = sizeLimit
      self.busyTimeout = busyTimeout
      self.readers = readers
      self.searchTime = searchTime
      self.clock = clock
    }
  }
}

extension SQLiteLogStore.Configuration {
  /// The limits of the write-ahead log, in bytes: when it is copied into the database, and what it
  /// shrinks to.
  ///
  /// Callers wait for this copy, but it is made only when `keepCheckpointed` falls behind. 16 MiB
  /// are read quickly after a crash.
  var checkpointBytes: Int { self.share(of: 256 << 10 ... 16 << 20) }
  var writeAheadLogBytes: Int { self.share(of: 256 << 10 ... 64 << 20) }

  var boundedCommitBytes: Int { min(self.commitBytes, self.share(of: 1 << 20 ... 16 << 20)) }

  private func share(of range: ClosedRange<Int>) -> Int {
    guard let sizeLimit else { return range.upperBound }
    return min(max(sizeLimit / 4, range.lowerBound), range.upperBound)
  }

  var busyMilliseconds: Int {
    Int(min(max(self.busyTimeout / .milliseconds(1), 0), Double(Int32.max)))
  }
}
