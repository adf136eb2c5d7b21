import Testing

@testable import LlamaGeneration

@Suite struct ThreadTunerTests {
  @Test func `alone, nearly all steps use all threads`() {
    var machine = Machine(threads: 4)
    machine.run(steps: 20_000)
    #expect(machine.stepsAt.max { $0.value < $1.value }?.key == 4)
    #expect(machine.stepsAt[4, default: 0] > 19_900)
  }

  @Test func `a neighbour that takes a core costs a few slow steps, and the threads make room`() {
    var machine = Machine(threads: 2)
    machine.run(steps: 1_000)
    machine.freeCores = 1
    machine.run(steps: 20)
    #expect(machine.tuner.count == 1)
    machine.stepsAt = [:]
    machine.run(steps: 5_000)
    #expect(machine.stepsAt[2, default: 0] < 25)
  }

  @Test func `when the neighbour is gone the threads come back`() {
    var machine = Machine(threads: 2)
    machine.freeCores = 1
    machine.run(steps: 2_000)
    #expect(machine.tuner.count == 1)
    machine.freeCores = 2
    machine.run(until: machine.now + .seconds(20))
    #expect(machine.tuner.count == 2)
  }

  @Test func `with many threads the count comes near to the free cores`() {
    var machine = Machine(threads: 16)
    machine.freeCores = 11
    machine.run(until: machine.now + .seconds(120))
    #expect(9 ... 11 ~= machine.tuner.count)
  }

  @Test func `times that scatter without a cause change little`() {
    var machine = Machine(threads: 2)
    machine.scatter = 0.2
    machine.run(steps: 20_000)
    #expect(machine.stepsAt[2, default: 0] > 19_000)
  }

  @Test func `a trial ends when another text joins the batch`() {
    var machine = Machine(threads: 2)
    machine.run(steps: 6)
    #expect(machine.tuner.count == 1)
    machine.batchSize = 2
    machine.run(steps: 1)
    #expect(machine.tuner.count == 2)
  }

  @Test func `one thread stays one`() {
    var machine = Machine(threads: 1)
    machine.run(steps: 1_000)
    #expect(machine.stepsAt == [1: 1_000])
  }

  /// Steps take 60 ms of one core, which threads share; more threads than cores are free wait for
  /// each other.
  private struct Machine {
    var tuner: ThreadTuner
    var freeCores: Int
    var batchSize = 1
    /// By what part of them times are off.
    var scatter = 0.0
    var now = ContinuousClock.now
    /// How many steps were made with each count of threads.
    var stepsAt: [Int: Int] = [:]
    private var random = SystemRandomNumberGenerator()

    init(threads: Int) {
      self.tuner = ThreadTuner(maximum: threads)
      self.freeCores = threads
    }

    mutating func run(steps: Int) {
      for _ in 0 ..< steps { self.step() }
    }

    mutating func run(until end: ContinuousClock.Instant) {
      while self.now < end { self.step() }
    }

    private mutating func step() {
      let threads = self.tuner.count
      self.stepsAt[threads, default: 0] += 1
      var time = Duration.milliseconds(60) / threads
      if threads > self.freeCores { time += .milliseconds(60) }
      time = time * Double.random(in: 1 - self.scatter ... 1 + self.scatter, using: &self.random)
      self.now += time
      self.tuner.record(batchSize: self.batchSize, time: time, at: self.now)
    }
  }
}
