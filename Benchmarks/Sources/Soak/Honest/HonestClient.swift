import Listening
import RPC
import TokenwireClient

/// A client that does as it should, again and again, and looks closely at what it gets.
struct HonestClient: Sendable {
  /// One thing that clients do.
  enum Habit: Sendable {
    /// With a client that goes on.
    case native(@Sendable (TokenwireClient, Ledger) async throws -> Void)
    /// With connections of its own.
    case web(@Sendable (Endpoint, Ledger) async throws -> Void)
  }

  var name: String
  var habit: Habit

  static let all: [HonestClient] = [
    HonestClient(name: "unary", habit: .native(Habits.countTokens)),
    HonestClient(name: "reader", habit: .native(Habits.readToTheEnd)),
    HonestClient(name: "reader", habit: .native(Habits.readToTheEnd)),
    HonestClient(name: "slow reader", habit: .native(Habits.readSlowly)),
    HonestClient(name: "reader who leaves", habit: .native(Habits.leave)),
    HonestClient(name: "impatient reader", habit: .native(Habits.runIntoTimeout)),
    HonestClient(name: "watcher", habit: .native(Habits.watchHealth)),
    HonestClient(name: "reader over HTTP/1.1", habit: .web(WebHabits.readEvents)),
    HonestClient(name: "reader over HTTP/2", habit: .web(WebHabits.readEventsInAStream)),
    HonestClient(name: "reader over gRPC", habit: .web(WebHabits.generateOverGRPC)),
  ]

  /// For a server with a model.
  static let ofModel: [HonestClient] = [
    HonestClient(name: "counter", habit: .native(ModelHabits.countTokens)),
    HonestClient(name: "asker", habit: .native(ModelHabits.ask)),
    HonestClient(name: "asker", habit: .native(ModelHabits.ask)),
  ]

  /// Follows the habit until this task is cancelled.
  func run(against endpoint: Endpoint, _ ledger: Ledger) async {
    do {
      switch self.habit {
      case .native(let habit):
        let client = try await TokenwireClient.connect(to: endpoint)
        await self.follow(ledger) { try await habit(client, ledger) }
        await client.close()
      case .web(let habit):
        await self.follow(ledger) { try await habit(endpoint, ledger) }
      }
    } catch {
      if !Task.isCancelled { ledger.blame("\(self.name) could not connect: \(error)") }
    }
  }

  private func follow(_ ledger: Ledger, _ habit: () async throws -> Void) async {
    while !Task.isCancelled {
      do {
        try await habit()
      } catch {
        // The end of the phase interrupts calls.
        guard !Task.isCancelled else { return }
        if let error = error as? CallError { ledger.count(error) }
        ledger.blame("\(self.name): \(error)")
      }
      try? await Task.sleep(for: .milliseconds(2))
    }
  }
}
