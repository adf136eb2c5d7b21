import Listening
import RPC
import TokenwireClient

/// A client that does as it should, again and again, and looks closely at what it gets.
struct HonestClient: Sendable {
  /// One thing that clients do.
  typealias Habit = @Sendable (TokenwireClient, Ledger) async throws -> Void

  var name: String
  var habit: Habit

  static let all: [HonestClient] = [
    HonestClient(name: "unary", habit: Habits.countTokens),
    HonestClient(name: "reader", habit: Habits.readToTheEnd),
    HonestClient(name: "reader", habit: Habits.readToTheEnd),
    HonestClient(name: "slow reader", habit: Habits.readSlowly),
    HonestClient(name: "reader who leaves", habit: Habits.leave),
    HonestClient(name: "impatient reader", habit: Habits.runIntoTimeout),
    HonestClient(name: "watcher", habit: Habits.watchHealth),
  ]

  /// For a server with a model.
  static let ofModel: [HonestClient] = [
    HonestClient(name: "counter", habit: ModelHabits.countTokens),
    HonestClient(name: "asker", habit: ModelHabits.ask),
    HonestClient(name: "asker", habit: ModelHabits.ask),
  ]

  /// Follows the habit until this task is cancelled.
  func run(against endpoint: Endpoint, _ ledger: Ledger) async {
    do {
      let client = try await TokenwireClient.connect(to: endpoint)
      while !Task.isCancelled {
        await self.followOnce(client, ledger)
        try? await Task.sleep(for: .milliseconds(2))
      }
      await client.close()
    } catch {
      if !Task.isCancelled { ledger.blame("\(self.name) could not connect: \(error)") }
    }
  }

  private func followOnce(_ client: TokenwireClient, _ ledger: Ledger) async {
    do {
      try await self.habit(client, ledger)
    } catch {
      // The end of the phase interrupts calls.
      guard !Task.isCancelled else { return }
      if let error = error as? CallError { ledger.count(error) }
      ledger.blame("\(self.name): \(error)")
    }
  }
}
