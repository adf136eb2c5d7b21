internal import AsyncHTTPClient
internal import Generation
internal import Identifiers
internal import NIOCore
internal import NIOHTTP1

/// One attempt: a request to a server, and its answer.
struct UpstreamStream {
  private let call: UpstreamCall
  private let state: CallState
  private let service: UpstreamService
  private let server: Int
  private var answer: UpstreamAnswer
  /// Whether the caller has had something of it.
  private var hasBegun = false

  /// How often a request is put differently, for a server that refuses what another takes.
  private static let maximumLessons = 2
  /// How long an answer that has ended may take to end its connection's use.
  private static let drainTime = Duration.seconds(1)
  /// And how many bytes it may take.
  private static let maximumDrain = 64 * 1024

  init(_ call: UpstreamCall, _ state: CallState, _ service: UpstreamService, _ server: Int) {
    self.call = call
    self.state = state
    self.service = service
    self.server = server
    self.answer = UpstreamAnswer(
      to: call.request,
      of: service.model,
      from: service.model.replicas[server].name,
      service.lessons.thoughts,
      arrival: call.arrival
    )
  }

  private var model: UpstreamModel { self.service.model }

  /// Gets the text, and passes it on.
  mutating func run() async throws(UpstreamFailure) {
    try await self.read(try await self.response())
  }

  // MARK: The request

  /// Sends the request, until the server takes it.
  private func response() async throws(UpstreamFailure) -> HTTPClientResponse {
    var quirks = self.service.lessons.quirks
    var lessons = 0
    while true {
      do throws(UpstreamFailure) {
        let response = try await self.send(quirks)
        // What has helped is for others, too.
        if lessons > 0 { self.service.lessons.keep(quirks) }
        return response
      } catch {
        guard lessons < Self.maximumLessons, quirks.learn(from: error.error) else { throw error }
        lessons += 1
      }
    }
  }

  private func request(_ quirks: UpstreamQuirks) throws(UpstreamFailure) -> UpstreamRequest {
    if self.call.first.quirks == quirks { return self.call.first.request }
    do throws(GenerationError) {
      let thoughts = self.service.lessons.thoughts
      return try UpstreamRequest(self.call.request, of: self.model, quirks, thoughts)
    } catch {
      throw UpstreamFailure(error: error, mayTryAnother: false, isServersFault: false)
    }
  }

  private func send(_ quirks: UpstreamQuirks) async throws(UpstreamFailure) -> HTTPClientResponse {
    let request = try self.request(quirks)
    // From here on the prompt may cost something, whether its caller waits or not.
    self.call.buffer.expect(self.answer.start)
    self.state.beginWait(for: self.server, self.model.limits.silenceTimeout)
    defer { self.state.endWait(for: self.server) }
    let response = try await self.service.clients.send(
      .POST,
      self.model.replicas[self.server].url(request),
      request.headers,
      body: request.body,
      authorities: self.model.authorities
    )
    if response.status == .ok { return response }
    let body = try await self.collect(response, upTo: UpstreamWords.maximumBody)
    throw UpstreamFailure(
      response.status,
      response.headers,
      body: body,
      key: self.model.key
    )
  }

  /// Reads a whole body, in the time for one piece; what is longer is cut.
  private func collect(
    _ response: HTTPClientResponse,
    upTo limit: Int
  ) async throws(UpstreamFailure) -> [UInt8] {
    self.state.beginWait(for: self.server, self.model.limits.silenceTimeout)
    defer { self.state.endWait(for: self.server) }
    return try await response.body(upTo: limit)
  }

  // MARK: The answer

  private mutating func read(_ response: HTTPClientResponse) async throws(UpstreamFailure) {
    var body = response.body.makeAsyncIterator()
    var drained = 0
    // The body of a server that does not stream, whatever it says of its type; nil for a stream of events.
    var whole: [UInt8]?
    var isKnown = false
    while true {
      // What follows the end is read so that the connection can be used again: not for long.
      if drained == 0 {
        let hasEnded = self.answer.isDone || self.answer.isComplete
        self.state.beginWait(
          for: self.server,
          hasEnded ? Self.drainTime : self.model.limits.silenceTimeout
        )
      }
      let bytes: [UInt8]?
      do {
        bytes = try await body.next().map { Array($0.readableBytesView) }
      } catch {
        let failure = UpstreamFailure(error)
        // The text is whole already.
        let isCancelled = failure == .cancelled && !self.state.isSilent(self.server)
        if self.answer.isDone, failure != .cancelled { return }
        if !self.answer.isDone, self.answer.isComplete, !isCancelled {
          return try await self.finish()
        }
        throw failure
      }
      guard let bytes else { break }
      if self.answer.isDone {
        drained += bytes.count
        if drained > Self.maximumDrain { return }
        continue
      }
      self.state.endWait(for: self.server)
      if !isKnown, let first = bytes.first(where: { $0 > 0x20 }) {
        isKnown = true
        // No event begins like this.
        if first == UInt8(ascii: "{") { whole = [] }
      }
      if whole != nil {
        whole?.append(contentsOf: bytes)
        guard whole?.count ?? 0 <= EventStreamParser.maximumSize else {
          throw .tooLarge("an answer", EventStreamParser.maximumSize)
        }
        continue
      }
      try await self.take { answer, news throws(UpstreamFailure) in
        try answer.read(bytes, into: &news)
      }
    }
    if let whole {
      try await self.take { answer, news throws(UpstreamFailure) in
        try answer.readWhole(whole, into: &news)
      }
    }
    if !self.answer.isDone { try await self.finish() }
  }

  /// Reads a part of the answer, and passes on what it means, also when an error follows.
  private mutating func take(
    _ read: (inout UpstreamAnswer, inout [GenerationEvent]) throws(UpstreamFailure) -> Void
  ) async throws(UpstreamFailure) {
    var news: [GenerationEvent] = []
    do throws(UpstreamFailure) {
      try read(&self.answer, &news)
    } catch {
      try await self.pass(news)
      throw error
    }
    if news.isEmpty, !self.hasBegun { self.call.buffer.expect(self.answer.start) }
    try await self.pass(news)
    if self.answer.isDone { try await self.finish() }
  }

  private mutating func finish() async throws(UpstreamFailure) {
    var news: [GenerationEvent] = []
    try self.answer.finish(into: &news)
    try await self.pass(news)
    self.state.finish()
    self.call.buffer.finish()
  }

  /// Passes events on, unless another server was first.
  private mutating func pass(_ events: [GenerationEvent]) async throws(UpstreamFailure) {
    if events.isEmpty { return }
    if !self.hasBegun {
      self.hasBegun = true
      self.service.pool.confirm(self.server)
    }
    guard self.state.claim(self.server), await self.call.push(events, self.state) else {
      throw .cancelled
    }
  }
}
