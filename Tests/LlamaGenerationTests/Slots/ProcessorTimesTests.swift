import Testing

@testable import LlamaGeneration

@Suite struct ProcessorTimesTests {
  /// Of proc(5), on a machine where ticks are 10 ms.
  private let statistics = """
    cpu  10132153 290696 3084719 46828483 16683 0 25195 0 175628 0
    cpu0 1393280 32966 572056 13343292 6130 0 17875 0 23933 0
    cpu1 1335091 47131 588120 15486521 7070 0 5213 0 22933 0
    cpu10 1 2 3 4 5 6 7
    intr 1462898
    ctxt 115315
    """

  @Test
  func
    `time with nothing to do, waiting for a disk and of low priority is idle, on each processor`()
  {
    let first = 32966 + 13_343_292 + 6130
    let second = 47131 + 15_486_521 + 7070
    let third = 2 + 4 + 5
    let all = Duration.milliseconds(10 * (first + second + third))
    #expect(ProcessorTimes.idle(self.statistics, of: nil) == all)
    #expect(ProcessorTimes.idle(self.statistics, of: [0]) == .milliseconds(10 * first))
    #expect(
      ProcessorTimes.idle(self.statistics, of: [1, 10]) == .milliseconds(10 * (second + third))
    )
  }

  @Test(arguments: ["", "\n", "cpu  1 2 3 4 5", "cpu0 1 2 3", "cpu0 1 x 3 4 5", "intr 1 2 3 4 5 6"])
  func `what is no such file tells nothing`(text: String) {
    #expect(ProcessorTimes.idle(text, of: nil) == nil)
  }

  @Test(
    arguments: [
      ("Name:\ttokenwire\nCpus_allowed_list:\t0-3,8\nMems_allowed:\t1", [0, 1, 2, 3, 8]),
      ("Cpus_allowed_list:\t5", [5]), ("Cpus_allowed_list:\t", []), ("Cpus_allowed_list:\t3-1", []),
      ("Name:\tx", nil), ("", nil),
    ] as [(String, Set<Int>?)]
  )
  func `a list of processors has ranges`(status: String, processors: Set<Int>?) {
    #expect(ProcessorTimes.allowedProcessors(status) == processors)
  }

  @Test(
    arguments: [
      ("max 100000\n", nil), ("150000 100000\n", 1.5), ("", nil), ("100000", nil), ("1 0", nil),
    ] as [(String, Double?)]
  )
  func `a control group's limit is time in a period`(text: String, processors: Double?) {
    #expect(ProcessorTimes.quota(text) == processors)
  }

  @Test func `a thread that computes is counted`() throws {
    let before = try #require(ProcessorTimes.now)
    var now = before
    while now.used - before.used < .milliseconds(20) { now = try #require(ProcessorTimes.now) }
    #expect(now.instant > before.instant)
    #expect(now.idle >= before.idle)
  }
}
