public import ArgumentParser
import Listening
public import Recording

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replay a recording's clients, and compare what the server answers.",
    discussion: """
      Exits with 0 when the answers are the same, otherwise with 1 and the differences. At any speed, \
      a client's frame waits for what the server had sent before it. With --connections or --loop, the \
      recording is load: a table of latencies follows.
      """
  )

  @Argument(help: "The recording.", completion: .file(extensions: ["jsonl"]))
  var file: String

  @Option(
    help: "Where the server listens, host:port or unix:/path.",
    transform: { try Endpoint(flag: $0) }
  )
  var to: Endpoint

  @Option(help: "How fast clients send: 1 as recorded, 2 twice as fast, or max.")
  var speed = ReplaySpeed(factor: nil)

  @Option(
    help: """
      How answers are compared: by their meaning (semantic: ids, times and the chunking of texts may \
      differ), or byte by byte (exact).
      """
  )
  var match = ReplayMatch.semantic

  @OptionGroup
  var token: TokenFlags

  @Option(
    help: "How long the server may be silent while a client waits for it. (default: 30s)",
    transform: Lifetime.init(flag:)
  )
  var patience = Lifetime(duration: .seconds(30))

  @Option(help: "How many copies of the recording are played at once, as load.")
  var connections = 1

  @Option(help: "How often each copy is played, one time after the other.")
  var loop = 1

  @OptionGroup(title: "TLS options")
  var tls: TLSFlags

  func validate() throws {
    guard self.connections > 0 && self.loop > 0 else {
      throw ValidationError("--connections and --loop must be above 0")
    }
  }

  func run() async throws {
    let recording = try Recording(path: self.file)
    if let note = recording.cutOffLine { StandardOutput.writeNote("\(note)\n") }
    let replay = Replay(
      recording,
      to: self.to,
      tls: try self.tls.clientTLS(),
      options: ReplayOptions(
        speed: self.speed.factor,
        match: self.match,
        token: try self.token.value,
        patience: self.patience.duration
      )
    )
    if self.connections == 1 && self.loop == 1 {
      let (outcome, signal) = await untilInterrupted { await replay.run() }
      Self.show(outcome.differences)
      let counts = [(outcome.timings.count, "call"), (outcome.differences.count, "difference")]
      let texts = counts.map { count, noun in "\(count) \(noun)\(count == 1 ? "" : "s")" }
      let interrupted = signal == nil ? "" : "interrupted after "
      StandardOutput.writeNote("[\(interrupted)\(texts.joined(separator: ", "))]\n")
      if let signal { throw ExitCode(interruptedBy: signal) }
      if !outcome.differences.isEmpty { throw ExitCode(1) }
    } else {
      FileLimit.raise()
      let load = ReplayLoad(replay, copies: self.connections, loops: self.loop)
      let (outcome, signal) = await untilInterrupted { await load.run() }
      Self.show(outcome.differences)
      StandardOutput.write(LatencyTable(outcome).text)
      if let signal {
        StandardOutput.writeNote("[interrupted]\n")
        throw ExitCode(interruptedBy: signal)
      }
      if outcome.differing > 0 { throw ExitCode(1) }
    }
  }

  private static func show(_ differences: [Difference]) {
    for var difference in differences {
      // Line feeds in them come from a peer.
      difference.place = difference.place.onOneLine
      difference.subject = difference.subject.onOneLine
      difference.recorded = difference.recorded.onOneLine
      difference.replayed = difference.replayed.onOneLine
      StandardOutput.write(difference.text + "\n")
    }
  }
}

/// "1", "2.5" or "max".
struct ReplaySpeed: ExpressibleByArgument {
  /// The factor; nil is as fast as the server answers.
  var factor: Double?

  init(factor: Double?) {
    self.factor = factor
  }

  init?(argument: String) {
    if argument == "max" {
      self.factor = nil
    } else if let factor = Double(argument), factor > 0, factor.isFinite {
      self.factor = factor
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { "max" }
}

extension ReplayMatch: ExpressibleByArgument {}
