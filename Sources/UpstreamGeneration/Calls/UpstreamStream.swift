internal import AsyncHTTPClient
internal import Generation
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
  /// How long an answer that has ended may take to end its connection's use, or to say that it has ended.
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
      requestSize: call.first.request.body.count,
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
    var isEnding = false
    while true {
      // What follows the end is read so that the connection can be used again, and the end of what is
      // complete is waited for: not for long.
      if !isEnding {
        isEnding = self.answer.isDone || self.answer.isComplete
        let limit = isEnding ? Self.drainTime : self.model.limits.silenceTimeout
        self.state.beginWait(for: self.server, limit)
      }
      let bytes: [UInt8]?
      do {
        bytes = try await body.next().map { Array($0.readableBytesView) }
      } catch {
        return try await self.end(after: UpstreamFailure(error))
      }
      guard let bytes else { break }
      if self.answer.isDone {
        drained += bytes.count
        if drained > Self.maximumDrain { return }
        continue
      }
      if !isEnding { self.state.endWait(for: self.server) }
      try await self.take(bytes)
      isEnding = isEnding && (self.answer.isDone || self.answer.isComplete)
    }
    if !self.answer.isDone { try await self.finish() }
  }

  /// Ends what needs no more of its server, whatever has become of that.
  private mutating func end(after failure: UpstreamFailure) async throws(UpstreamFailure) {
    // One that is silent is read no more.
    let isLeft = failure == .cancelled && !self.state.isSilent(self.server)
    if isLeft || !(self.answer.isDone || self.answer.hasEnded) { throw failure }
    if !self.answer.isDone { try await self.finish() }
  }

  /// Reads a part of the answer, and passes on what it means, also when an error follows.
  private mutating func take(_ bytes: [UInt8]) async throws(UpstreamFailure) {
    var news: [GenerationEvent] = []
    do throws(UpstreamFailure) {
      try self.answer.read(bytes, into: &news)
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
    do throws(UpstreamFailure) {
      try await self.pass(news)
    } catch {
      // A task that is cancelled does not wait for its reader, who gets all the same what was passed on.
      guard self.state.winner == self.server, self.call.buffer.demand != .abandoned else {
        throw error
      }
    }
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
