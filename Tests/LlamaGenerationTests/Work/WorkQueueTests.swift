import Foundation
import Generation
import Identifiers
import Synchronization
import Testing

@testable import LlamaGeneration

@Suite struct WorkQueueTests {
  private let queue = WorkQueue.started(name: "test", hurries: false)

  /// What was done, in order.
  private final class Record: Sendable {
    private let entries = Mutex<[String]>([])

    func append(_ entry: String) { self.entries.withLock { $0.append(entry) } }

    var all: [String] { self.entries.withLock { $0 } }
  }

  @Test func `requesters take turns, slice by slice`() async throws {
    let record = Record()
    let queue = self.queue
    // Holds the thread until all are there.
    let gate = Gate()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await queue.run(for: .anyone) { () async throws(GenerationError) in gate.pass() }
      }
      await gate.waitUntilReached()
      for name in ["a", "a", "b"] {
        group.addTask {
          try await queue.run(for: .user("\(name)")) { () async throws(GenerationError) in
            for _ in 0 ..< 20 {
              record.append(name)
              try await WorkQueue.endSlice()
            }
          }
        }
      }
      gate.open()
      try await group.waitForAll()
    }
    // Though two of a's are there, b has half of the slices for as long as it has any.
    let all = record.all
    let first = try #require(all.firstIndex(of: "b"))
    let last = try #require(all.lastIndex(of: "b"))
    #expect(all[first ... last].filter { $0 == "a" }.count <= 21, "\(all)")
    #expect(all.count == 60)
  }

  @Test(arguments: [false, true])
  func `what is small is done while what is large goes on`(hurries: Bool) async throws {
    let queue = WorkQueue.started(name: "test", hurries: hurries)
    defer { queue.close() }
    let smallOne = Gate()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0 ..< 8 {
        group.addTask {
          try await queue.run(for: .user("large \(number)")) { () async throws(GenerationError) in
            // Goes on for as long as the small one is not done.
            while !smallOne.isOpen { try await WorkQueue.endSlice() }
          }
        }
      }
      try await queue.run(for: .user("small")) { () async throws(GenerationError) in }
      smallOne.open()
      try await group.waitForAll()
    }
  }

  /// Of Linux's threads, each has a niceness of its own.
  @Test func `work is the less urgent the longer it takes`() async throws {
    let levels = try await self.queue.run(for: .anyone) { () async throws(GenerationError) in
      var levels: [Int32] = []
      for _ in 0 ..< 100 where levels.last != 15 {
        levels.append(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))
        Self.compute(milliseconds: 5)
        try await WorkQueue.endSlice()
      }
      return levels
    }
    #expect(levels.first == 5)
    // A slice more may begin before the time of the last one counts.
    #expect(9 ... 12 ~= levels.filter { $0 == 5 }.count, "\(levels)")
    #expect(levels.last == 15)
    let next = try await self.queue.run(for: .anyone) { () async throws(GenerationError) in
      getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
    }
    #expect(next == 5)
  }

  /// Takes so much of a core's time, however long that is.
  private static func compute(milliseconds: Int) {
    func time() -> Int {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
    let end = time() + milliseconds
    while time() < end {}
  }

  @Test func `work of a caller who has gone ends with its slice`() async throws {
    let queue = self.queue
    let task = Task {
      try await queue.run(for: .anyone) { () async throws(GenerationError) in
        while true { try await WorkQueue.endSlice() }
      }
    }
    task.cancel()
    let result = await task.result
    #expect(throws: GenerationError.self) { try result.get() }
    // The thread is free again.
    #expect(try await queue.run(for: .anyone) { () async throws(GenerationError) in 7 } == 7)
  }

  @Test func `work of a caller who has gone is not begun`() async throws {
    let queue = self.queue
    let task = Task {
      // Until it is cancelled; the error is what is waited for.
      try? await Task.sleep(for: .seconds(3600))
      return try await queue.run(for: .anyone) { () async throws(GenerationError) in 7 }
    }
    task.cancel()
    let result = await task.result
    #expect(throws: GenerationError.self) { try result.get() }
  }
}

/// Where a thread waits until it may go on.
private final class Gate: Sendable {
  private let wasReached = Atomic(false)
  private let wasOpened = Atomic(false)

  var isOpen: Bool { self.wasOpened.load(ordering: .relaxed) }

  func pass() {
    self.wasReached.store(true, ordering: .relaxed)
    while !self.isOpen { _ = sched_yield() }
  }

  func waitUntilReached() async {
    while !self.wasReached.load(ordering: .relaxed) { await Task.yield() }
  }

  func open() { self.wasOpened.store(true, ordering: .relaxed) }
}
