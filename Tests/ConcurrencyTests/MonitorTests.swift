import Concurrency
import Synchronization
import Testing

@Suite struct MonitorTests {
  @Test func `what is there already is had without a wait`() {
    let shared = Shared([1])
    let found = Mutex<[Int]>([])
    // Runs here until it has to wait.
    Task.immediate {
      let first: Int = await shared.monitor.first { $0.last }
      let second = await shared.monitor.firstUnlessCancelled { $0.popLast() }
      await shared.monitor.wait { $0.isEmpty }
      await shared.monitor.waitUnlessCancelled { $0.isEmpty }
      found.withLock { $0 = [first, second ?? 0] }
    }
    #expect(found.withLock { $0 } == [1, 1])
  }

  @Test func `who waits is woken by an update, and not by less`() async {
    let shared = Shared([Int]())
    let looks = Atomic(0)
    let task = Task.immediate {
      await shared.monitor.first { state -> Int? in
        looks.add(1, ordering: .relaxed)
        return state.popLast()
      }
    }
    #expect(shared.monitor.sleeperCount == 1)
    shared.monitor.withLock { $0 = [] }
    #expect(throws: Refusal()) {
      try shared.monitor.update { _ throws(Refusal) in throw Refusal() }
    }
    shared.monitor.update {
      $0 = []
    } wakingIf: {
      !$0.isEmpty
    }
    #expect(shared.monitor.sleeperCount == 1)
    #expect(looks.load(ordering: .relaxed) == 1)
    #expect(
      shared.monitor.update {
        $0.append(7)
        return 8
      } == 8
    )
    #expect(shared.monitor.sleeperCount == 0)
    #expect(await task.value == 7)
    #expect(shared.monitor.withLock { $0.isEmpty })
    #expect(looks.load(ordering: .relaxed) == 2)
  }

  @Test func `who finds nothing waits again`() async {
    let shared = Shared(0)
    let looks = Atomic(0)
    let task = Task.immediate {
      await shared.monitor.waitUnlessCancelled { number in
        looks.add(1, ordering: .relaxed)
        return number == 2
      }
    }
    shared.monitor.update { $0 += 1 }
    while looks.load(ordering: .relaxed) < 2 || shared.monitor.sleeperCount == 0 {
      await Task.yield()
    }
    shared.monitor.update { $0 += 1 }
    await task.value
    #expect(looks.load(ordering: .relaxed) == 3)
  }

  @Test func `an update wakes all who wait`() async {
    let shared = Shared(false)
    let tasks = (0 ..< 100).map { number in
      Task.immediate {
        if number.isMultiple(of: 2) {
          await shared.monitor.wait { $0 }
        } else {
          await shared.monitor.waitUnlessCancelled { $0 }
        }
      }
    }
    #expect(shared.monitor.sleeperCount == 100)
    shared.monitor.update { $0 = true }
    #expect(shared.monitor.sleeperCount == 0)
    for task in tasks { await task.value }
  }

  @Test(arguments: [0, 1, 3])
  func `the caller of a change wakes who waits`(count: Int) async {
    let shared = Shared(0)
    let isWoken = Shared(false)
    let tasks = (0 ..< count).map { _ in
      Task.immediate {
        await shared.monitor.wait { $0 == 1 }
        return isWoken.monitor.withLock { $0 }
      }
    }
    let (number, sleepers) = shared.monitor.change { number in
      number += 1
      return number
    }
    #expect(number == 1)
    #expect(shared.monitor.sleeperCount == 0)
    isWoken.monitor.withLock { $0 = true }
    sleepers.wake()
    for task in tasks { #expect(await task.value) }
  }

  @Test func `a task that was cancelled before takes what is there, and waits for nothing`() async {
    let shared = Shared([1])
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      let first = await shared.monitor.firstUnlessCancelled { $0.popLast() }
      let second = await shared.monitor.firstUnlessCancelled { $0.popLast() }
      await shared.monitor.waitUnlessCancelled { !$0.isEmpty }
      return [first, second]
    }
    #expect(await task.value == [1, nil])
    #expect(shared.monitor.sleeperCount == 0)
  }

  @Test func `a task that is cancelled leaves, and the others stay`() async {
    let shared = Shared<Int?>(nil)
    let tasks = (0 ..< 5).map { _ in
      Task.immediate { await shared.monitor.firstUnlessCancelled { $0 } }
    }
    for (count, index) in [2, 0, 4].enumerated() {
      tasks[index].cancel()
      #expect(shared.monitor.sleeperCount == 4 - count)
      #expect(await tasks[index].value == nil)
    }
    shared.monitor.update { $0 = 9 }
    #expect(await tasks[1].value == 9)
    #expect(await tasks[3].value == 9)
    let last = Task.immediate { await shared.monitor.firstUnlessCancelled { $0 == 0 ? 0 : nil } }
    #expect(shared.monitor.sleeperCount == 1)
    last.cancel()
    #expect(shared.monitor.sleeperCount == 0)
    #expect(await last.value == nil)
  }

  @Test func `who waits whatever happens is not cancelled`() async {
    let shared = Shared<Int?>(nil)
    let task = Task.immediate { await shared.monitor.first { $0 } }
    task.cancel()
    #expect(shared.monitor.sleeperCount == 1)
    shared.monitor.update { $0 = 3 }
    #expect(await task.value == 3)
  }

  @Test func `a task that is cancelled after it was woken is not woken twice`() async {
    let shared = Shared<Int?>(nil)
    for _ in 0 ..< 1000 {
      let task = Task.immediate { await shared.monitor.firstUnlessCancelled { $0 } }
      let (_, sleepers) = shared.monitor.change { $0 = 1 }
      task.cancel()
      sleepers.wake()
      #expect(await task.value == nil)
      shared.monitor.update { $0 = nil }
    }
  }

  @Test func `what is taken by tasks that are cancelled meanwhile is neither lost nor doubled`()
    async
  {
    for _ in 0 ..< 500 {
      let shared = Shared(0)
      await withTaskGroup(of: Int.self) { group in
        let takers = (0 ..< 4).map { _ in
          Task {
            await shared.monitor.firstUnlessCancelled { count -> Int? in
              if count == 0 { return nil }
              count -= 1
              return 1
            } ?? 0
          }
        }
        for taker in takers { group.addTask { await taker.value } }
        for _ in 0 ..< 2 {
          group.addTask {
            shared.monitor.update { $0 += 1 }
            return 0
          }
        }
        for taker in takers.prefix(3) {
          group.addTask {
            taker.cancel()
            return 0
          }
        }
        // The last one is not cancelled: there may be too little for it.
        group.addTask {
          for taker in takers.prefix(3) { _ = await taker.value }
          shared.monitor.update { $0 += 1 }
          return 0
        }
        let taken = await group.reduce(0, +)
        #expect(taken + shared.monitor.withLock { $0 } == 3)
        #expect(taken >= 1)
      }
      #expect(shared.monitor.sleeperCount == 0)
    }
  }

  @Test func `no change is missed`() async {
    let shared = Shared((numbers: [Int](), writers: 4))
    let sum = await withTaskGroup(of: Int.self) { group in
      for _ in 0 ..< 4 {
        group.addTask {
          for number in 1 ... 1000 {
            shared.monitor.update { $0.numbers.append(number) }
            if number.isMultiple(of: 10) { await Task.yield() }
          }
          shared.monitor.update { $0.writers -= 1 }
          return 0
        }
        group.addTask {
          var sum = 0
          while true {
            let taken = await shared.monitor.first { state -> [Int]? in
              if state.numbers.isEmpty && state.writers > 0 { return nil }
              defer { state.numbers = [] }
              return state.numbers
            }
            if taken.isEmpty { return sum }
            sum += taken.reduce(0, +)
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(sum == 4 * 500_500)
    #expect(shared.monitor.sleeperCount == 0)
  }
}

private struct Refusal: Error, Equatable {}

/// A monitor that many closures hold.
private final class Shared<State: Sendable>: Sendable {
  let monitor: Monitor<State>

  init(_ state: State) {
    self.monitor = Monitor(state)
  }
}
