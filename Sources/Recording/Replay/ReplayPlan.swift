internal import NIOCore
internal import TTRPC

/// The steps of a recording's clients, and what each step has to wait for.
struct ReplayPlan {
  /// The connections, in the order of their numbers.
  private(set) var connections: [Connection] = []
  /// Whether the recording has no access tokens.
  let hidesTokens: Bool

  /// The client's side of a connection.
  struct Connection {
    var number: Int
    var calls: [UInt32: RecordedCall]
    var steps: [Step] = []
    /// The server's progress at the end.
    var end: [StreamKey: StreamProgress] = [:]
    /// What the server sent until the client ended.
    var said: [RecordedEvent.Kind] = []
    /// What the client sent first, which shows what it speaks.
    var opening = ByteBuffer()
    /// The last credit that the client granted, by stream.
    var credit: [UInt32: UInt64] = [:]
    fileprivate var raw = RawAnswers()
    fileprivate var hasEnded = false
  }

  /// An action of a client.
  struct Step {
    var kind: RecordedEvent.Kind
    /// The time since the beginning of the recording.
    var time: Duration
    /// What servers had said on any connection when it began, as far as earlier steps of its
    /// connection have not waited for it.
    var waits: [StreamKey: StreamProgress]
  }

  init(_ recording: Recording) {
    self.hidesTokens = recording.header.redactsTokens
    let byConnection = Dictionary(grouping: recording.events, by: \.connection)
    let numbers = byConnection.keys.sorted()
    let places = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
    self.connections = numbers.map {
      Connection(number: $0, calls: RecordedCall.all(in: byConnection[$0] ?? []))
    }
    var progress: [StreamKey: StreamProgress] = [:]
    // What was sent since the last step, by connection.
    var news: [[StreamKey: StreamProgress]] = numbers.map { _ in [:] }
    for event in Self.ordered(recording.events) {
      guard let place = places[event.connection] else { continue }
      if event.side == .client {
        self.connections[place].append(event, waits: news[place])
        news[place] = [:]
      } else {
        for key in self.connections[place].append(answer: event, &progress) {
          for index in news.indices { news[index][key] = progress[key] }
        }
      }
    }
  }

  /// A client's frame that arrived in pieces depends on what came before its first byte: a server
  /// may answer a frame that is too long after its header.
  private static func ordered(_ events: [RecordedEvent]) -> [RecordedEvent] {
    events.enumerated().sorted { one, other in
      let (first, second) = (one.element.begin, other.element.begin)
      return first == second ? one.offset < other.offset : first < second
    }.map(\.element)
  }
}

extension ReplayPlan.Connection {
  fileprivate mutating func append(
    _ event: RecordedEvent,
    waits: [StreamKey: StreamProgress]
  ) {
    if case .end = event.kind { self.hasEnded = true }
    if self.opening.readableBytes == 0 {
      switch event.kind {
      case .frame(let frame): frame.write(into: &self.opening)
      case .bytes(let bytes): self.opening = bytes
      case .open, .end: break
      }
    }
    if case .frame(let frame) = event.kind, let content = try? ExtensionFrame(frame),
      case .window(let stream, let maxOffset) = content
    {
      self.credit[stream] = maxOffset
    }
    self.steps.append(.init(kind: event.kind, time: event.begin, waits: waits))
  }

  /// - Returns: the streams that have come further.
  fileprivate mutating func append(
    answer event: RecordedEvent,
    _ progress: inout [StreamKey: StreamProgress]
  ) -> [StreamKey] {
    if !self.hasEnded { self.said.append(event.kind) }
    if case .bytes(let bytes) = event.kind {
      return self.raw.append(bytes).map { advance in
        let key = StreamKey(connection: event.connection, stream: advance.stream)
        progress[key, default: StreamProgress()].count(advance)
        if !self.hasEnded { self.end[key] = progress[key] }
        return key
      }
    }
    var key = StreamKey(connection: event.connection, stream: ExtensionFrame.stream)
    if case .frame(let frame) = event.kind { key.stream = frame.stream }
    var come = progress[key] ?? StreamProgress()
    switch event.kind {
    case .frame(let frame): come.count(frame, self.calls[frame.stream])
    // What comes of a connection that its client has closed is nothing to wait for.
    case .end where !self.hasEnded: come.isClosed = true
    case .open, .bytes, .end: break
    }
    progress[key] = come
    if !self.hasEnded { self.end[key] = come }
    return [key]
  }
}

extension RecordedEvent {
  /// When its first byte came, for what a client has sent.
  fileprivate var begin: Duration { self.side == .client ? self.began ?? self.time : self.time }
}
