internal import AsyncHTTPClient
internal import Generation
internal import Identifiers
internal import NIOCore
internal import NIOHTTP1

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// One attempt: a request to a server, and its answer.
struct UpstreamStream {
  private let call: UpstreamCall
  private let state: CallState
  private let service: UpstreamService
  private let server: Int
  private var answer: UpstreamAnswer

  /// How much of a refusal is read, in bytes.
  private static let maximumRefusal = 64 * 1024
  /// How often a request is put differently, for a server that refuses what another takes.
  private static let maximumLessons = 2
  /// How long an answer that has ended may take to end its connection's use.
  private static let drainTime = Duration.seconds(1)

  init(_ call: UpstreamCall, _ state: CallState, _ service: UpstreamService, _ server: Int) {
    self.call = call
    self.state = state
    self.service = service
    self.server = server
    self.answer = UpstreamAnswer(
      to: call.request,
      of: service.model,
      from: service.model.replicas[server].name,
      arrival: call.arrival
    )
  }

  private var model: UpstreamModel { self.service.model }

  /// Gets the text, and passes it on.
  func run() async throws(UpstreamFailure) {
    var stream = self
    let response = try await self.response()
    let type = response.headers.first(name: "content-type") ?? ""
    if type.utf8.starts(with: "application/json".utf8) {
      let body = try await self.collect(response, upTo: EventStreamParser.maximumSize)
      try await stream.take { answer, news throws(UpstreamFailure) in
        try answer.readWhole(body, into: &news)
      }
      if !stream.answer.isDone { try await stream.finish() }
    } else {
      try await stream.read(response)
    }
  }

  // MARK: The request

  /// Sends the request, until the server takes it.
  private func response() async throws(UpstreamFailure) -> HTTPClientResponse {
    var isFirst = true
    var lessons = 0
    while true {
      let quirks = self.service.lessons.quirks
      do throws(UpstreamFailure) {
        return try await self.send(quirks)
      } catch {
        if error == .closed, isFirst, !Task.isCancelled {
          // An old connection, which the server has closed meanwhile.
          isFirst = false
          continue
        }
        guard lessons < Self.maximumLessons,
          self.service.lessons.learn(from: error.error, after: quirks)
        else { throw error }
        lessons += 1
      }
    }
  }

  private func request(_ quirks: UpstreamQuirks) throws(UpstreamFailure) -> UpstreamRequest {
    if self.call.first.quirks == quirks { return self.call.first.request }
    do throws(GenerationError) {
      return try UpstreamRequest(self.call.request, of: self.model, quirks)
    } catch {
      throw UpstreamFailure(error: error, mayTryAnother: false, isServersFault: false)
    }
  }

  private func send(_ quirks: UpstreamQuirks) async throws(UpstreamFailure) -> HTTPClientResponse {
    let request = try self.request(quirks)
    self.state.beginWait(self.model.limits.silenceTimeout)
    defer { self.state.endWait() }
    let response = try await self.service.clients.send(
      .POST,
      self.model.replicas[self.server].baseURL + request.path,
      request.headers,
      body: request.body,
      authorities: self.model.authorities
    )
    if response.status == .ok { return response }
    let body = try await self.collect(response, upTo: Self.maximumRefusal)
    throw UpstreamFailure(
      response.status,
      response.headers,
      body: body,
      key: self.model.key,
      now: time(nil)
    )
  }

  /// Reads a whole body; what is longer is cut.
  private func collect(
    _ response: HTTPClientResponse,
    upTo limit: Int
  ) async throws(UpstreamFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    do {
      for try await part in response.body {
        bytes += part.readableBytesView
        if bytes.count >= limit { break }
      }
    } catch {
      throw UpstreamFailure(error)
    }
    return Array(bytes.prefix(limit))
  }

  // MARK: The answer

  private mutating func read(_ response: HTTPClientResponse) async throws(UpstreamFailure) {
    var body = response.body.makeAsyncIterator()
    while true {
      let limit = self.answer.isDone ? Self.drainTime : self.model.limits.silenceTimeout
      self.state.beginWait(limit)
      let bytes: [UInt8]?
      do {
        bytes = try await body.next().map { Array($0.readableBytesView) }
      } catch {
        let failure = UpstreamFailure(error)
        // The text is whole already.
        if self.answer.isDone, failure != .cancelled { return }
        throw failure
      }
      self.state.endWait()
      guard let bytes else { break }
      // What follows the end is read so that the connection can be used again.
      if self.answer.isDone { continue }
      try await self.take { answer, news throws(UpstreamFailure) in
        try answer.read(bytes, into: &news)
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
  private func pass(_ events: [GenerationEvent]) async throws(UpstreamFailure) {
    if events.isEmpty { return }
    guard self.state.claim(self.server), await self.call.push(events, self.state) else {
      throw .cancelled
    }
  }
}
