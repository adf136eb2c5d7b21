internal import Identifiers
public import Listening
internal import RPC
internal import TTRPC

/// Replays a recording, any number of times.
public struct Replay: Sendable {
  private let plan: ReplayPlan
  private let endpoint: Endpoint
  private let tls: ClientTLS?
  private let options: ReplayOptions

  /// The result of one replay.
  public struct Outcome: Sendable {
    /// The differences; empty means success.
    public var differences: [Difference] = []
    /// The timings of all calls that have ended.
    public var timings: [CallTiming] = []
  }

  /// - Parameter tls: TLS for the connections; nil disables it.
  public init(
    _ recording: Recording,
    to endpoint: Endpoint,
    tls: ClientTLS? = nil,
    options: ReplayOptions = ReplayOptions()
  ) {
    self.plan = ReplayPlan(recording)
    self.endpoint = endpoint
    self.tls = tls
    self.options = options
  }

  /// Repeats what the clients did, and compares what the server sends.
  ///
  /// A connection that cannot be opened is a difference. After cancellation, the outcome has the
  /// calls that had ended, and the differences on the connections that had ended.
  public func run() async -> Outcome {
    let progress = ReplayProgress(match: self.options.match, patience: self.options.patience)
    let identifiers = Identifiers(self.plan)
    let start = ContinuousClock.now
    return await withTaskGroup(of: Outcome?.self) { group in
      for connection in self.plan.connections {
        group.addTask {
          let replay = ReplayConnection(
            connection,
            hidesTokens: self.plan.hidesTokens,
            self.options,
            progress,
            identifiers,
            start: start
          )
          return await self.outcome(of: replay, connection, progress)
        }
      }
      group.addTask {
        await progress.watch()
        return nil
      }
      var outcome = Outcome()
      var running = self.plan.connections.count
      while running > 0, let part = await group.next() {
        guard let part else { continue }
        running -= 1
        outcome.differences += part.differences
        outcome.timings += part.timings
      }
      group.cancelAll()
      outcome.differences.sort { Identifier($0.place) < Identifier($1.place) }
      return outcome
    }
  }

  private func outcome(
    of replay: ReplayConnection,
    _ plan: ReplayPlan.Connection,
    _ progress: ReplayProgress
  ) async -> Outcome {
    do throws(CallError) {
      let replayed = try await replay.run(to: self.endpoint, tls: self.tls)
      // What has not arrived yet is not a difference.
      if Task.isCancelled { return Outcome(timings: replayed.timings) }
      return Outcome(
        differences: self.compare(plan, replayed.said)
          + replayed.vainWaits.map { self.difference($0.step, $0.stream, plan.number) },
        timings: replayed.timings
      )
    } catch {
      // Others wait for nothing that this one would have heard.
      await progress.closed(plan.number)
      let difference = Difference(
        place: "connection \(plan.number)",
        subject: "the connection",
        recorded: "is opened",
        replayed: error.message
      )
      return Outcome(differences: [difference])
    }
  }

  private func compare(
    _ plan: ReplayPlan.Connection,
    _ said: [RecordedEvent.Kind]
  ) -> [Difference] {
    switch self.options.match {
    case .semantic:
      return SemanticComparison(
        plan.number,
        recorded: ConnectionMeaning(plan.calls, said: plan.said),
        replayed: ConnectionMeaning(plan.calls, said: said)
      ).differences
    case .exact:
      let requests = plan.steps.compactMap { step in
        if case .frame(let frame) = step.kind { frame } else { nil }
      }
      return ExactComparison(
        plan.number,
        requests: requests,
        recorded: plan.said,
        replayed: said
      ).differences
    }
  }

  private func difference(_ step: Int, _ stream: StreamKey, _ connection: Int) -> Difference {
    let name =
      stream.stream == ExtensionFrame.stream ? "the connection itself" : "stream \(stream.stream)"
    return Difference(
      place: "connection \(connection)",
      subject: "step \(step) of the client waits for the server",
      recorded: "it says more on \(name) of connection \(stream.connection)",
      replayed: "it is silent for \(self.options.patience)"
    )
  }
}
