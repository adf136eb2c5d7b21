import Dispatch
import Generation
import Synchronization

/// A generator that takes until the test says so to load, and blocks its thread for as long.
final class BlockedLoad: Sendable {
  typealias Outcome = Result<any TextGenerator, GenerationError>

  private let outcome = Mutex<Outcome?>(nil)
  private let isOver = DispatchSemaphore(value: 0)
  private let (begins, continuation) = AsyncStream.makeStream(of: Void.self)

  func load() throws(GenerationError) -> any TextGenerator {
    self.continuation.yield()
    self.isOver.wait()
    guard let outcome = self.outcome.withLock({ $0 }) else {
      preconditionFailure("a load was over before it had an outcome")
    }
    return try outcome.get()
  }

  func waitUntilItBegins() async {
    _ = await self.begins.first { true }
  }

  func end(_ outcome: Outcome) {
    self.outcome.withLock { $0 = outcome }
    self.isOver.signal()
  }
}
