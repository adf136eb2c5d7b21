public import RequestLog

extension PostgresLogStore {
  /// The settings of a log. The defaults suit a server.
  public struct Configuration: Sendable {
    /// How the table of entries is divided.
    public enum Partition: Hashable, Sendable {
      /// A partition for each month of UTC. Once a log has them, it keeps them.
      case month
    }

    /// The limits of an entry's fields.
    public var limits: EntryLimits
    /// What is stored of prompts and responses. Default `full`.
    public var content: ContentMode
    /// The most entries that may wait for the database. Default 4096.
    public var waitingEntries: Int
    /// The most bytes that may wait for the database. Default 64 MiB.
    public var waitingBytes: Int
    /// The most entries of one commit. Default 1024.
    public var commitEntries: Int
    /// The most bytes of one commit. Default 16 MiB; a larger entry has a commit of its own.
    public var commitBytes: Int
    /// How the table of entries is divided; nil, the default, leaves it as it is.
    public var partition: Partition?
    /// How long the database may take for an answer, before it counts as lost. Default 10 s.
    public var responseTime: Duration
    /// How long entries wait for a database that cannot be reached, when they are the first that it
    /// happens to. Later ones fail at once. Default 3 s.
    public var patience: Duration
    /// How long entries wait to learn whether they are stored, when the database was lost during
    /// their commit. Default 20 s.
    public var doubtTime: Duration
    /// How long listing the next 256 entries may take. Default 30 s.
    public var listTime: Duration
    /// How long finding the next 256 entries of a search may take. Default 5 s.
    public var searchTime: Duration
    /// How long an upgrade of the database may take. Default 10 minutes.
    public var migrationTime: Duration
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
      partition: Partition? = nil,
      responseTime: Duration = .seconds(10),
      patience: Duration = .seconds(3),
      doubtTime: Duration = .seconds(20),
      listTime: Duration = .seconds(30),
      searchTime: Duration = .seconds(5),
      migrationTime: Duration = .seconds(600),
      clock: (@Sendable () -> Timestamp)? = nil
    ) {
      self.limits = limits
      self.content = content
      self.waitingEntries = waitingEntries
      self.waitingBytes = waitingBytes
      self.commitEntries = commitEntries
      self.commitBytes = commitBytes
      self.partition = partition
      self.responseTime = responseTime
      self.patience = patience
      self.doubtTime = doubtTime
      self.listTime = listTime
      self.searchTime = searchTime
      self.migrationTime = migrationTime
      self.clock = clock
    }
  }
}
