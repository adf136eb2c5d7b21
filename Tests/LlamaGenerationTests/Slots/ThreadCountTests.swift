import Testing

@testable import LlamaGeneration

@Suite struct ThreadCountTests {
  @Test(arguments: [1, 2, 4, 64])
  func `alone, all threads compute`(processors: Int) {
    var machine = Machine(processors: processors)
    machine.run(times: 100)
    #expect(machine.counts == Array(repeating: processors, count: 100))
  }

  @Test(arguments: [(2, 1), (4, 3), (16, 15), (64, 63)])
  func `a program that keeps a core busy gets it at once, and the core comes back`(
    processors: Int,
    left: Int
  ) {
    var machine = Machine(processors: processors)
    machine.run(times: 10)
    machine.others = 1
    machine.run(times: 20)
    #expect(
      machine.counts == Array(repeating: processors, count: 11) + Array(repeating: left, count: 19)
    )
    machine.others = 0
    machine.run(times: 10)
    #expect(machine.counts.dropFirst(32).allSatisfy { $0 == processors })
  }

  @Test(arguments: [2, 4, 8, 64])
  func `two servers share the cores, and neither takes more from the other`(processors: Int) {
    var pair = [ThreadCount(maximum: processors), ThreadCount(maximum: processors)]
    var times = [ProcessorTimes.zero, .zero]
    for round in 0 ..< 100 {
      let wanted = pair.map { Double($0.value) }
      let scale = min(1, Double(processors) / (wanted[0] + wanted[1]))
      let idle = Double(processors) - scale * (wanted[0] + wanted[1])
      for index in pair.indices {
        times[index].advance(used: wanted[index] * scale, idle: idle)
        pair[index].update(times[index])
      }
      if round > 1 { #expect(pair.map(\.value) == [processors / 2, processors / 2]) }
    }
  }

  @Test func `more others than cores leave one thread`() {
    var machine = Machine(processors: 2)
    machine.others = 7
    machine.run(times: 5)
    #expect(machine.counts.last == 1)
  }

  @Test func `a neighbour that takes about half a core changes nothing to and fro`() {
    var machine = Machine(processors: 2)
    for round in 0 ..< 100 {
      machine.others = round.isMultiple(of: 2) ? 0.45 : 0.55
      machine.run(times: 1)
    }
    #expect(Set(machine.counts).count == 1)
  }

  @Test func `what was free while nothing was computed is known to the first step after it`() {
    var count = ThreadCount(maximum: 4)
    var times = ProcessorTimes.zero
    count.update(times)
    times.advance(used: 0, idle: 1, for: .seconds(60))
    count.update(times)
    #expect(count.value == 1)
    times.advance(used: 0, idle: 4, for: .seconds(60))
    count.update(times)
    #expect(count.value == 4)
  }

  @Test(arguments: [(0.5, 1), (1, 1), (2, 2), (3.9, 4), (100, 8)])
  func `a control group's limit holds`(quota: Double, threads: Int) {
    var count = ThreadCount(maximum: 8)
    var times = ProcessorTimes.zero
    times.quota = quota
    count.update(times)
    times.advance(used: 0, idle: 8)
    count.update(times)
    #expect(count.value == threads)
  }

  @Test func `it is due after a quarter of a second`() {
    var count = ThreadCount(maximum: 2)
    let times = ProcessorTimes.zero
    #expect(count.isDue(at: times.instant))
    count.update(times)
    #expect(!count.isDue(at: times.instant + .milliseconds(249)))
    #expect(count.isDue(at: times.instant + .milliseconds(250)))
  }

  @Test func `one thread stays one, and nothing need be known`() {
    #expect(!ThreadCount(maximum: 1).isDue(at: .now))
  }

  /// Cores that all who want one share evenly.
  private struct Machine {
    let processors: Int
    /// How many cores other programs would use.
    var others = 0.0
    /// The count after each update.
    var counts: [Int] = []
    private var count: ThreadCount
    private var times = ProcessorTimes.zero

    init(processors: Int) {
      self.processors = processors
      self.count = ThreadCount(maximum: processors)
      self.count.update(self.times)
    }

    mutating func run(times: Int) {
      for _ in 0 ..< times {
        self.counts.append(self.count.value)
        let wanted = Double(self.count.value)
        let scale = min(1, Double(self.processors) / (wanted + self.others))
        let idle = Double(self.processors) - scale * (wanted + self.others)
        self.times.advance(used: wanted * scale, idle: idle)
        self.count.update(self.times)
      }
    }
  }
}

extension ProcessorTimes {
  fileprivate static let zero = ProcessorTimes(instant: .now, used: .zero, idle: .zero, quota: nil)

  /// - Parameters:
  ///   - used: how many processors this process has used in the time.
  ///   - idle: how many nobody has used.
  fileprivate mutating func advance(
    used: Double,
    idle: Double,
    for time: Duration = .milliseconds(250)
  ) {
    self.instant += time
    self.used += time * used
    self.idle += time * idle
  }
}
