public import RequestLog

extension SQLiteLogStore {
  /// How a log works. The defaults suit a server.
  public struct Configuration: Sendable {
    /// How large the fields of an entry may be.
    public var limits: EntryLimits
    /// What is kept of prompts and responses. Default `full`.
    public var content: ContentMode
    /// How many entries may wait for the disk. Default 4096.
    public var waitingEntries: Int
    /// The size of the entries that may wait for the disk, in bytes. Default 64 MiB.
    public var waitingBytes: Int
    /// How many entries one commit takes at most, so that the write-ahead log stays small. Default
    /// 1024.
    public var commitEntries: Int
    /// The size of the entries that one commit takes at most, in bytes. Default 16 MiB; an entry that
    /// is larger has a commit of its own.
    public var commitBytes: Int
    /// How many entries may wait for the index of words, while searches look through them. Default
    /// 65,536; beyond them entries are indexed before others are stored.
    public var unindexedEntries: Int
    /// The size of the entries that may wait for the index of words, in bytes. Default 64 MiB.
    public var unindexedBytes: Int
    /// The database file may not grow above this, in bytes; `diskFull` is the error then. Nil, the
    /// default, is no limit. The write-ahead log beside it comes on top.
    public var maximumFileBytes: Int?
    /// What the database may take before its oldest entries have to make room for new ones while these
    /// are stored, in bytes: two thirds of what it may take for a moment. Nil, the default, is no
    /// limit. `prune` keeps the log well below.
    public var sizeLimit: Int?
    /// How long to wait for locks that other programs hold, such as `sqlite3`. Default 5 s.
    public var busyTimeout: Duration
    /// How many queries can read at the same time, and how many can search besides. Default 2.
    public var readers: Int
    /// How long a search may look for its next 256 entries. Default 5 s.
    public var searchTime: Duration
    /// What says what time it is. Default the clock of the machine.
    public var clock: @Sendable () -> Timestamp

    /// Settings that are the defaults where none are given.
    public init(
      limits: EntryLimits = EntryLimits(),
      content: ContentMode = .full,
      waitingEntries: Int = 4096,
      waitingBytes: Int = 64 << 20,
      commitEntries: Int = 1024,
      commitBytes: Int = 16 << 20,
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
  /// The bounds of the write-ahead log, which counts, too, in bytes: where it is copied into the
  /// database, and what it shrinks to.
  ///
  /// Callers wait for this copy, which is made when no others are made beside the commits, or they
  /// fall behind: so it is rare, and 16 MiB are read quickly after a crash.
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
