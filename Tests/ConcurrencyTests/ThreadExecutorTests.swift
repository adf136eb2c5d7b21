import Concurrency
import Foundation
import Testing

@Suite struct ThreadExecutorTests {
  @Test func `all jobs of an actor run on one thread, in their order`() async {
    let actor = Pinned(name: "pinned-order")
    await withTaskGroup { group in
      for number in 0 ..< 1000 {
        group.addTask { await actor.add(number) }
      }
    }
    #expect(await actor.numbers.sorted() == Array(0 ..< 1000))
    #expect(await actor.threads == ["pinned-order"])
    for number in 1000 ..< 1100 { await actor.add(number) }
    #expect(await actor.numbers.suffix(100) == Array(1000 ..< 1100)[...])
  }

  @Test func `an actor whose thread is blocked blocks nobody else`() async {
    let blocked = Pinned(name: "pinned-blocked")
    let gate = DispatchSemaphore(value: 0)
    let end = Task { await blocked.wait(for: gate) }
    // As many as there are threads, and more.
    await withTaskGroup { group in
      for number in 0 ..< 100 {
        group.addTask { await Pinned(name: "pinned-other").add(number) }
      }
    }
    gate.signal()
    await end.value
  }

  @Test func `the thread ends with its actor`() async throws {
    let name = "pinned-\(UInt32.random(in: 0 ..< 1_000_000))"
    var actor: Pinned? = Pinned(name: name)
    await actor?.add(1)
    #expect(try Self.threadNames().contains(name))
    actor = nil
    while try Self.threadNames().contains(name) { await Task.yield() }
  }

  private static func threadNames() throws -> [String] {
    let folder = "/proc/self/task"
    return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { thread in
      // A thread that has just ended has no name.
      (try? String(contentsOfFile: "\(folder)/\(thread)/comm", encoding: .utf8))?
        .trimmingCharacters(in: .newlines)
    }
  }
}

private actor Pinned {
  private let executor: ThreadExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  private(set) var numbers: [Int] = []
  private(set) var threads: Set<String> = []

  init(name: String) {
    self.executor = ThreadExecutor(name: name)
  }

  func add(_ number: Int) {
    self.numbers.append(number)
    self.threads.insert(Thread.current.name ?? "")
  }

  func wait(for gate: DispatchSemaphore) {
    gate.wait()
  }
}
