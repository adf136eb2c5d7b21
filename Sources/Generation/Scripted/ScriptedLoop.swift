internal import Concurrency

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The loop of a scripted generator: each step gives each sequence its next tokens.
struct ScriptedLoop {
  private let inbox: Inbox
  private let pace: Duration
  private let tokensPerStep: Int
  private var runnable: [ScriptedSequence] = []
  /// Sequences whose readers are full, by id.
  private var parked: [Int: ScriptedSequence] = [:]
  private var readers = WaitingReaders()

  /// Pauses up to this long block the thread: waking a sleeping task goes through two other
  /// threads.
  private static let maximumBlockedTime = Duration.milliseconds(10)

  /// - Parameters:
  ///   - pace: the time between two steps; zero is no pause.
  ///   - tokensPerStep: the tokens of each sequence in a step, if its reader has room.
  init(_ inbox: Inbox, pace: Duration, tokensPerStep: Int) {
    self.inbox = inbox
    self.pace = pace
    self.tokensPerStep = tokensPerStep
  }

  /// Generates until the task is cancelled.
  mutating func run() async {
    var nextTick = ContinuousClock.now
    while !Task.isCancelled {
      self.takeNews()
      if self.runnable.isEmpty {
        await self.inbox.waitForNews()
        nextTick = max(nextTick, .now)
        continue
      }
      self.step()
      if self.pace > .zero {
        nextTick += self.pace
        await self.sleep(until: nextTick)
      }
    }
    self.inbox.close((self.runnable + self.parked.values).map(\.buffer))
  }

  /// Ignores changes of runnable sequences: `advance` checks what their readers want.
  private mutating func takeNews() {
    let news = self.inbox.take()
    self.runnable += news.sequences
    for id in news.changed {
      if let sequence = self.parked.removeValue(forKey: id) { self.runnable.append(sequence) }
    }
  }

  private mutating func step() {
    var index = 0
    while index < self.runnable.count {
      let progress = self.runnable[index].advance(tokens: self.tokensPerStep, waking: &self.readers)
      if progress == .runnable {
        index += 1
        continue
      }
      self.runnable.swapAt(index, self.runnable.count - 1)
      let sequence = self.runnable.removeLast()
      if progress == .parked {
        self.parked[sequence.id] = sequence
      } else {
        self.inbox.didEndSequence()
      }
    }
    self.readers.wake()
  }

  private func sleep(until wakeUp: ContinuousClock.Instant) async {
    let time = wakeUp - .now
    guard time > .zero else { return }
    if time <= Self.maximumBlockedTime {
      var time = timespec(tv_sec: 0, tv_nsec: Int(time / .nanoseconds(1)))
      nanosleep(&time, nil)
    } else {
      // When the sleep is cancelled, the loop's condition ends it.
      try? await Task.sleep(until: wakeUp, tolerance: .zero)
    }
  }
}

/// The thread of a scripted generator with a pace, like a model's decoding thread.
///
/// Without a pace there is no thread: one that sleeps whenever a reader is full costs more than a
/// task that does.
actor ScriptedThread {
  private let executor = ThreadExecutor(name: "scripted-tokens")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  func run(_ loop: sending ScriptedLoop) async {
    var loop = loop
    await loop.run()
  }
}
