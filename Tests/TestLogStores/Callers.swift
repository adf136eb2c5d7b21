package import Identifiers
package import RequestLog
internal import Synchronization

/// Callers that store one entry after the other, and what they were told.
package final class Callers: Sendable {
  package struct Outcomes {
    package var stored: Set<Identifier> = []
    /// What failed with nothing stored.
    package var refused: Set<Identifier> = []
    package var inDoubt: Set<Identifier> = []
    package var others: [String] = []
  }

  private struct State {
    var outcomes = Outcomes()
    var isStopped = false
  }

  private let count: Int
  private let state = Mutex(State())

  package init(count: Int) {
    self.count = count
  }

  package var outcomes: Outcomes { self.state.withLock { $0.outcomes } }

  private var isStopped: Bool { self.state.withLock { $0.isStopped } }

  package func stop() {
    self.state.withLock { $0.isStopped = true }
  }

  /// Returns when so many more are stored.
  package func waitForMore(_ count: Int) async {
    let goal = self.outcomes.stored.count + count
    while self.outcomes.stored.count < goal { try? await Task.sleep(for: .milliseconds(1)) }
  }

  package func write(to store: any LogStore) async {
    await withDiscardingTaskGroup { group in
      for caller in 0 ..< self.count {
        group.addTask {
          var number = 0
          while !self.isStopped {
            // Without keys: only the store itself can tell whether an entry is there.
            await self.append("\(caller)-\(number)", to: store)
            number += 1
            while store.condition != .working, !self.isStopped {
              try? await Task.sleep(for: .milliseconds(1))
            }
          }
        }
      }
    }
  }

  private func append(_ prompt: String, to store: any LogStore) async {
    let name = Identifier(prompt)
    do throws(LogError) {
      _ = try await store.append(
        NewEntry(userID: "ada", prompt: prompt, response: "Because.")
      )
      self.state.withLock { _ = $0.outcomes.stored.insert(name) }
    } catch {
      self.state.withLock { state in
        if error.code != .unavailable {
          state.outcomes.others.append("\(error)")
        } else if error.message.contains("nothing was stored") {
          state.outcomes.refused.insert(name)
        } else {
          state.outcomes.inDoubt.insert(name)
        }
      }
    }
  }
}
