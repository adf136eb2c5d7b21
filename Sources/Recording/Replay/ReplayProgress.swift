internal import TTRPC

/// The progress of a server in a replay, for the steps that wait for it.
actor ReplayProgress {
  private let match: ReplayMatch
  private let patience: Duration
  private var streams: [StreamKey: StreamProgress] = [:]
  /// The credit that clients have granted to servers, as an offset in bytes.
  private var credit: [StreamKey: UInt64] = [:]
  /// The initial credit of new streams that the client has announced, by connection.
  private var initialCredit: [Int: UInt64] = [:]
  private var waiters: [CheckedContinuation<Void, Never>] = []
  private var lastActivity = ContinuousClock.now
  private var isStalled = false

  /// - Parameter patience: how long a step waits without any event.
  init(match: ReplayMatch, patience: Duration) {
    self.match = match
    self.patience = patience
  }

  /// Lets waiting steps continue when nothing has happened for too long. Runs until it is
  /// cancelled, and then all of them continue.
  func watch() async {
    while !Task.isCancelled {
      // When the sleep is cancelled, the loop's condition ends it.
      try? await Task.sleep(until: self.lastActivity + self.patience)
      if self.lastActivity + self.patience <= .now { self.isStalled = true }
      self.wake()
      if self.isStalled { self.lastActivity = .now }
    }
    self.isStalled = true
    self.wake()
  }

  /// The server has sent a frame.
  func received(_ frame: Frame, on connection: Int, _ call: RecordedCall?) {
    let key = StreamKey(connection: connection, stream: frame.stream)
    self.streams[key, default: StreamProgress()].count(frame, call)
    self.act()
  }

  /// The server has sent bytes that are not a frame.
  func received(_ advances: [RawAnswers.Advance], on connection: Int) {
    for advance in advances {
      let key = StreamKey(connection: connection, stream: advance.stream)
      self.streams[key, default: StreamProgress()].count(advance)
    }
    self.act()
  }

  /// The server has closed a connection.
  func closed(_ connection: Int) {
    for key in self.streams.keys where key.connection == connection {
      self.streams[key]?.isClosed = true
    }
    self.streams[Self.own(connection), default: StreamProgress()].isClosed = true
    self.act()
  }

  /// The client has sent a frame.
  func sent(_ frame: Frame, on connection: Int) {
    switch try? ExtensionFrame(frame) {
    case .settings(let settings):
      self.initialCredit[connection] = UInt64(settings.initialWindow)
    case .window(let stream, let maxOffset):
      self.credit[StreamKey(connection: connection, stream: stream)] = maxOffset
    default:
      break
    }
    self.lastActivity = .now
  }

  /// Waits until the server's progress is that of the recording.
  ///
  /// - Parameter countsCredit: whether to stop waiting for a server that has used its credit,
  ///   because the next step may grant more.
  func wait(
    for recorded: [StreamKey: StreamProgress],
    countsCredit: Bool
  ) async -> Wait {
    self.lastActivity = .now
    while let key = self.missing(recorded, countsCredit).first?.key {
      if self.isStalled || Task.isCancelled { return Wait(missing: key) }
      await withCheckedContinuation { self.waiters.append($0) }
    }
    return Wait(unreached: self.missing(recorded, false))
  }

  /// How a step's wait ended.
  struct Wait {
    /// The server makes no more progress on this stream.
    var missing: StreamKey?
    /// The server needs credit to send the rest.
    var unreached: [StreamKey: StreamProgress] = [:]
  }

  /// Credit for a server that has used all that the recording has for its stream, because it cuts
  /// the same text into more frames; nil when it needs none.
  ///
  /// - Parameters:
  ///   - last: the last credit for the stream in the recording; no credit is granted before it.
  ///   - recorded: the stream's progress at the end of the recording.
  func moreCredit(
    for key: StreamKey,
    after last: UInt64,
    recorded: StreamProgress
  ) -> UInt64? {
    guard
      let come = self.streams[key],
      let window = self.initialCredit[key.connection],
      let credit = self.credit(of: key),
      credit >= last && come.dataBytes >= credit && come.ends == 0 && come.units < recorded.units
    else { return nil }
    self.credit[key] = come.dataBytes + window
    return self.credit[key]
  }

  private func missing(
    _ recorded: [StreamKey: StreamProgress],
    _ countsCredit: Bool
  ) -> [StreamKey: StreamProgress] {
    recorded.filter { key, recorded in
      let isClosed = self.streams[Self.own(key.connection)]?.isClosed == true
      let come = self.streams[key] ?? StreamProgress()
      let credit = countsCredit ? self.credit(of: key) : nil
      return !isClosed && !come.hasReached(recorded, match: self.match, credit: credit)
    }
  }

  private func credit(of key: StreamKey) -> UInt64? {
    guard key.stream != ExtensionFrame.stream else { return nil }
    return self.credit[key] ?? self.initialCredit[key.connection]
  }

  private func act() {
    self.lastActivity = .now
    self.isStalled = false
    self.wake()
  }

  private func wake() {
    for waiter in self.waiters { waiter.resume() }
    self.waiters = []
  }

  private static func own(_ connection: Int) -> StreamKey {
    StreamKey(connection: connection, stream: ExtensionFrame.stream)
  }
}
