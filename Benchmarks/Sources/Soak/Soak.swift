import ArgumentParser
import Listening

/// Puts honest and hostile clients on one server for a while, and shows what it cost.
@main
struct Soak: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put honest and hostile clients on one server, and show what it cost.",
    discussion: """
      The time is that of equal rounds, of a minute or less. In a round each attack runs for a part \
      of the time, and in the last part all of them do. Fails when an honest client sees something \
      wrong, when the server crashes, when its open descriptors or its memory do not come back to \
      where they were after a short rush, or when its memory grows from round to round. With --model the \
      attacks are calls that are allowed and cost much; how much longer than without them honest \
      clients wait is shown, and fails nothing.
      """
  )

  @Option(help: "How long the measured rounds take together.")
  var minutes = 1.0

  @Option(help: "Only the attacks whose names contain this.")
  var attack = ""

  @Option(help: "The command to serve with, built before.")
  var tokenwire = ".build/release/tokenwire"

  @Option(
    help: "A server that runs already, such as 127.0.0.1:7437, in the place of one of its own."
  )
  var server: String?

  @Option(help: "Serve this model, a GGUF file, in the place of a scripted text.")
  var model: String?

  @Option(help: "The process of that server.")
  var pid: Int?

  func validate() throws {
    guard self.minutes > 0 else { throw ValidationError("--minutes must be above 0") }
    guard self.server == nil || self.model == nil else {
      throw ValidationError("--server and --model are not given together")
    }
    guard (self.server == nil) == (self.pid == nil) else {
      throw ValidationError("--server and --pid are given together")
    }
  }

  func run() async throws {
    OpenFiles.allowMost()
    let isPassed: Bool
    if let server, let pid {
      guard let endpoint = Endpoint(server) else {
        throw ValidationError("--server is \"host:port\", not \"\(server)\"")
      }
      isPassed = try await self.soak(endpoint, ProcessUsage(pid: pid))
    } else {
      isPassed = try await ServerProcess.run(self.tokenwire, model: self.model) { endpoint, pid in
        try await self.soak(endpoint, ProcessUsage(pid: pid))
      }
    }
    guard isPassed else { throw ExitCode.failure }
  }

  /// - Returns: whether all is well.
  private func soak(_ endpoint: Endpoint, _ process: ProcessUsage) async throws -> Bool {
    // What is allocated once is allocated here: code, caches, the allocator's arenas.
    print("Warming up")
    let isScripted = self.model == nil
    let attacks = (isScripted ? Attacks.all : Attacks.ofModel)
      .filter { self.attack.isEmpty || $0.name.contains(self.attack) }
    let honest = isScripted ? HonestClient.all : HonestClient.ofModel
    try await Round(endpoint, process, honest).run(.all(attacks), for: .seconds(10))
    let before = try await process.whenIdle()

    let round = Round(endpoint, process, honest)
    let phases = Phase.plan(attacks)
    let rounds = max(2, Int(self.minutes.rounded()))
    let time = Duration.seconds(self.minutes * 60) / (rounds * phases.count)
    var after: [ProcessUsage.Sample] = []
    for number in 1 ... rounds {
      for phase in phases {
        print("Round \(number) of \(rounds): \(phase.name) for \(time.formatted)")
        try await round.run(phase, for: time)
      }
      after.append(try await process.whenIdle(like: before))
    }
    let report = Report(
      ledger: round.ledger,
      before: before,
      peak: round.peak,
      after: after,
      hasModel: !isScripted
    )
    print(report)
    return report.isPassed
  }
}
