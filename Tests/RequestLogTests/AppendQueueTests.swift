import Identifiers
import Testing

@testable import RequestLog

@Suite struct AppendQueueTests {
  @Test func `whoever comes when it is full is told when to come again`() throws {
    let queue = AppendQueue(maximumCount: 2, maximumBytes: 1 << 20)
    let first = try queue.admit(Self.entry())
    _ = try queue.admit(Self.entry())
    queue.note(commitTime: .milliseconds(40))
    let error = #expect(throws: LogError.self) { try queue.admit(Self.entry()) }
    #expect(error?.code == .overloaded)
    #expect(error?.retryAfter == .milliseconds(80))
    #expect(queue.takeGroup(maximumCount: 1, maximumBytes: 1 << 20).first === first)
    _ = try queue.admit(Self.entry())
  }

  @Test func `it is bounded by bytes, but one entry always fits`() throws {
    let size = try Self.entry().size
    let queue = AppendQueue(maximumCount: 10, maximumBytes: size - 1)
    let pending = try queue.admit(Self.entry())
    let error = #expect(throws: LogError.self) { try queue.admit(Self.entry()) }
    #expect(error?.code == .overloaded)
    queue.withdraw(pending)
    guard case .failure(let withdrawn) = pending.outcome else {
      Issue.record("it has not been told")
      return
    }
    #expect(withdrawn.code == .cancelled)
    _ = try queue.admit(Self.entry())
  }

  @Test func `a group is bounded by bytes, but one entry always fits`() throws {
    let size = try Self.entry().size
    let queue = AppendQueue(maximumCount: 10, maximumBytes: 1 << 20)
    for _ in 0 ..< 5 { _ = try queue.admit(Self.entry()) }
    #expect(queue.takeGroup(maximumCount: 10, maximumBytes: 2 * size).count == 2)
    #expect(queue.takeGroup(maximumCount: 10, maximumBytes: 1).count == 1)
    #expect(queue.takeGroup(maximumCount: 10, maximumBytes: 1 << 20).count == 2)
    #expect(queue.takeGroup(maximumCount: 10, maximumBytes: 1 << 20).isEmpty)
  }

  @Test func `what is in a group is not taken back`() throws {
    let queue = AppendQueue(maximumCount: 10, maximumBytes: 1 << 20)
    let pending = try queue.admit(Self.entry())
    _ = queue.takeGroup(maximumCount: 10, maximumBytes: 1 << 20)
    queue.withdraw(pending)
    #expect(pending.outcome == nil)
  }

  private static func entry() throws -> ValidEntry {
    try ValidEntry(
      NewEntry(userID: "ada", prompt: "Why is the sky blue?", response: "Because."),
      limits: EntryLimits(),
      content: .full
    )
  }
}
