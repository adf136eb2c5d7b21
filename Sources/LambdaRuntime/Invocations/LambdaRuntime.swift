internal import Concurrency
internal import JSON
package import Logging
internal import NIOCore
internal import NIOHTTP1

/// Gets events of Lambda, has the server of this process answer them, and brings back its answers.
package final class LambdaRuntime: Sendable {
  private let api: RuntimeAPI
  private let server: FunctionServer
  private let configuration: Configuration
  private let logger: Logger
  private let state = Monitor(State())

  /// How events are answered.
  package struct Configuration: Sendable {
    /// How answers are brought back.
    package var responseMode: ResponseMode
    /// What paths have in front of those of the server; empty for nothing.
    package var basePath: String
    /// How many events are answered beside each other: `AWS_LAMBDA_MAX_CONCURRENCY`.
    package var concurrency: Int
    /// When the process has started, which is where Lambda counts from.
    package var start: ContinuousClock.Instant
    /// How long from `start` the server may take to become ready before an event is taken, which then
    /// waits for it. Lambda starts functions anew that take 10 seconds before their first event.
    package var startPatience: Duration

    /// Creates a configuration.
    package init(
      responseMode: ResponseMode = .buffered,
      basePath: String = "",
      concurrency: Int = 1,
      start: ContinuousClock.Instant = .now,
      startPatience: Duration = .seconds(9)
    ) {
      self.responseMode = responseMode
      self.basePath = basePath
      self.concurrency = max(1, concurrency)
      self.start = start
      self.startPatience = startPatience
    }
  }

  /// How answers are brought back. Lambda does not tell functions how they are invoked.
  package enum ResponseMode: String, CaseIterable, Sendable {
    /// Whole.
    case buffered
    /// As they are written: for function URLs and REST APIs that stream.
    case streaming
  }

  private struct State {
    var readiness = Readiness.starting
    var isStopping = false
    /// An event was asked for.
    var hasBegun = false
  }

  private enum Readiness {
    case starting
    case ready
    case failed(ReportedError)

    var isStarting: Bool {
      if case .starting = self { true } else { false }
    }
  }

  /// Creates the runtime; `run` gets the first event.
  package init(
    _ api: RuntimeAPI,
    server: FunctionServer,
    _ configuration: Configuration = Configuration(),
    logger: Logger
  ) {
    self.api = api
    self.server = server
    self.configuration = configuration
    self.logger = logger
  }

  /// Whether an event was asked for: from then on, errors of the start cannot be told as such.
  package var hasBegun: Bool { self.state.withLock { $0.hasBegun } }

  /// The server answers requests.
  package func becomeReady() {
    self.state.update { $0.readiness = .ready }
  }

  /// No more events are taken; `run` returns when those that were are answered.
  ///
  /// - Parameter failure: why the server will not be ready, for events that wait for it.
  package func stop(_ failure: ReportedError? = nil) {
    self.state.update { state in
      state.isStopping = true
      if let failure { state.readiness = .failed(failure) }
    }
  }

  /// Answers events until `stop`.
  ///
  /// - Throws: `LambdaError` when the Runtime API is gone.
  package func run() async throws {
    await self.waitForStart()
    let isStopping = self.state.withLock { state in
      state.hasBegun = !state.isStopping
      return state.isStopping
    }
    if isStopping { return }
    try await withThrowingTaskGroup { group in
      for _ in 0 ..< self.configuration.concurrency {
        group.addTask {
          while let invocation = try await self.next() { try await self.answer(invocation) }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Until the server is ready, or has taken long enough.
  private func waitForStart() async {
    await withTaskGroup { group in
      group.addTask {
        await self.state.waitUnlessCancelled { $0.isStopping || !$0.readiness.isStarting }
      }
      // A sleep that is cancelled ends early.
      group.addTask {
        let end = self.configuration.start + self.configuration.startPatience
        try? await Task.sleep(until: end, clock: .continuous)
      }
      await group.next()
      group.cancelAll()
    }
  }

  /// The next event; nil when no more are taken.
  private func next() async throws -> Invocation? {
    try await withThrowingTaskGroup(of: Invocation?.self) { group in
      group.addTask { try await self.api.next() }
      group.addTask {
        await self.state.waitUnlessCancelled { $0.isStopping }
        return nil
      }
      if let invocation = try await group.next() ?? nil {
        group.cancelAll()
        return invocation
      }
      group.cancelAll()
      // One that has come at this moment is answered, too. What ends the other task is no news.
      return (try? await group.next() ?? nil) ?? nil
    }
  }

  /// - Throws: `LambdaError` when the Runtime API is gone.
  private func answer(_ invocation: Invocation) async throws(LambdaError) {
    do throws(LambdaError) {
      let event: HTTPEvent
      do throws(EventError) {
        event = try HTTPEvent(invocation.event, basePath: self.configuration.basePath)
      } catch {
        self.logger.warning("\(error.message)", metadata: ["request": "\(invocation.id)"])
        return try await self.api.fail(invocation, ReportedError("WrongEvent", error.message))
      }
      switch await self.readiness(for: invocation) {
      case .ready: try await self.answer(event, of: invocation)
      case .failed(let failure): try await self.api.fail(invocation, failure)
      case .starting:
        let error =
          self.state.withLock { $0.isStopping }
          ? LambdaError(.stopping, "The function is being stopped: call again")
          : LambdaError(.deadline, "The model is still being loaded: call again later")
        try await self.apologize(for: error, to: event, invocation)
      }
    } catch {
      guard error.code == .answerRefused else { throw error }
      self.logger.error("\(error)", metadata: ["request": "\(invocation.id)"])
      // Whoever waits is told, unless Lambda has told already that the time is over.
      do throws(LambdaError) {
        try await self.api.fail(invocation, ReportedError(error))
      } catch {
        if error.code != .answerRefused { throw error }
      }
    }
  }

  /// Waits until the server is ready, as long as the event has time.
  private func readiness(for invocation: Invocation) async -> Readiness {
    let readiness = self.state.withLock { $0.readiness }
    guard readiness.isStarting else { return readiness }
    return await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await self.state.waitUnlessCancelled { $0.isStopping || !$0.readiness.isStarting }
      }
      if let limits = invocation.deadline.limits {
        group.addTask { try? await Task.sleep(for: limits.ofServer) }
      }
      await group.next()
      group.cancelAll()
      return self.state.withLock { $0.readiness }
    }
  }

  @concurrent
  private func answer(_ event: HTTPEvent, of invocation: Invocation) async throws(LambdaError) {
    // Whether something was brought to the Runtime API.
    var hasBegun = false
    do {
      try await self.server.answer(event, of: invocation) { answer, body in
        switch self.responseMode(for: event) {
        case .buffered:
          let whole = answer.whole(try await body.whole())
          if let limit = event.format.longestAnswer, whole.readableBytes > limit {
            throw LambdaError(
              .server,
              "The answer has \(whole.readableBytes) bytes, of which a load balancer takes \(limit)"
            )
          }
          hasBegun = true
          try await self.api.respond(to: invocation, whole)
        case .streaming:
          hasBegun = true
          try await self.api.stream(to: invocation) { stream in
            try await stream.write(answer.prelude)
            do {
              while let bytes = try await body.next() { try await stream.write(bytes) }
            } catch let error as LambdaError {
              self.logger.error("\(error)", metadata: ["request": "\(invocation.id)"])
              throw error
            }
          }
        }
      }
    } catch let error as LambdaError where hasBegun {
      throw error
    } catch {
      let error =
        error as? LambdaError ?? LambdaError(.server, "The server has not answered: \(error)")
      self.logger.error("\(error)", metadata: ["request": "\(invocation.id)"])
      try await self.apologize(for: error, to: event, invocation)
    }
  }

  private func responseMode(for event: HTTPEvent) -> ResponseMode {
    event.format.canStream ? self.configuration.responseMode : .buffered
  }

  /// Answers in place of the server.
  private func apologize(
    for error: LambdaError,
    to event: HTTPEvent,
    _ invocation: Invocation
  ) async throws(LambdaError) {
    let status: HTTPResponseStatus =
      switch error.code {
      case .deadline: .gatewayTimeout
      case .stopping: .serviceUnavailable
      default: .badGateway
      }
    var json = JSONWriter(escapes: .short)
    json.member("error", error.message)
    json.end()
    let body = ByteBuffer(bytes: json.bytes)
    let answer = EventAnswer(status, ["content-type": "application/json"], event.format)
    switch self.responseMode(for: event) {
    case .buffered:
      try await self.api.respond(to: invocation, answer.whole(body))
    case .streaming:
      try await self.api.stream(to: invocation) { stream in
        try await stream.write(answer.prelude)
        try await stream.write(body)
      }
    }
  }
}
