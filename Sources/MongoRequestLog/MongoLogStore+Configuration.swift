public import RequestLog

extension MongoLogStore {
  /// The settings of a log. The defaults suit a server.
  public struct Configuration: Sendable {
    /// The limits of an entry's fields.
    public var limits: EntryLimits
    /// What is stored of prompts and responses. Default `full`.
    public var content: ContentMode
    /// The most entries that may wait for the database. Default 4096.
    public var waitingEntries: Int
    /// The most bytes that may wait for the database. Default 64 MiB.
    public var waitingBytes: Int
    /// The most entries that are stored at once. Default 1024.
    public var commitEntries: Int
    /// The most bytes that are stored at once. Default 16 MiB; a larger entry is stored alone.
    public var commitBytes: Int
    /// How long the database may take for an answer, before it counts as lost. Default 10 s.
    public var responseTime: Duration
    /// How long to look for a server that can be written to. Default 3 s.
    public var connectTime: Duration
    /// How long entries wait for a database that cannot be reached, when they are the first that it
    /// happens to. Later ones fail at once. Default 3 s.
    public var patience: Duration
    /// How long entries wait to learn whether they are stored, when the database was lost while they
    /// were. Default 20 s.
    public var doubtTime: Duration
    /// How long a node may take to store what it has reserved positions for, before another one makes
    /// sure that nothing comes there any more. Default 5 s.
    public var reservationTime: Duration
    /// How long listing the next entries may take. Default 30 s.
    public var listTime: Duration
    /// How long finding the next entries of a search may take. Default 5 s.
    public var searchTime: Duration
    /// The current time; nil, the default, is the database's, so that all nodes have the same.
    public var clock: (@Sendable () -> Timestamp)?

    /// Creates settings.
    public init(
      limits: EntryLimits = EntryLimits(),
      content: ContentMode = .full,
      waitingEntries: Int = 4096,
      waitingBytes: Int = 64 << 20,
      commitEntries: Int = 1024,
      commitBytes: Int = 16 << 20,
      responseTime: Duration = .seconds(10),
      connectTime: Duration = .seconds(3),
      patience: Duration = .seconds(3),
      doubtTime: Duration = .seconds(20),
      reservationTime: Duration = .seconds(5),
      listTime: Duration = .seconds(30),
      searchTime: Duration = .seconds(5),
      clock: (@Sendable () -> Timestamp)? = nil
    ) {
      self.limits = limits
      self.content = content
      self.waitingEntries = waitingEntries
      self.waitingBytes = waitingBytes
      self.commitEntries = commitEntries
      self.commitBytes = commitBytes
      self.responseTime = responseTime
      self.connectTime = connectTime
      self.patience = patience
      self.doubtTime = doubtTime
      self.reservationTime = reservationTime
      self.listTime = listTime
      self.searchTime = searchTime
      self.clock = clock
    }
  }
}
