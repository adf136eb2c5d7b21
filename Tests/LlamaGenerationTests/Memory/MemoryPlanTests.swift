import Testing

@testable import LlamaGeneration

@Suite struct MemoryPlanTests {
  private var plan = MemoryPlan(
    parallel: 4,
    contextLength: 2048,
    bytesPerToken: 23_040,
    prefixCache: 512 << 20,
    available: 1 << 30
  )

  @Test func `what fits is not refused`() throws {
    try self.plan.check()
    #expect(
      self.plan.description
        == "KV cache 180.0 MiB (4 x 2048 tokens), prefix cache up to 512.0 MiB"
    )
  }

  @Test func `what does not fit is refused with numbers`() {
    var plan = self.plan
    plan.contextLength = 65_536
    #expect(
      throws: LlamaLoadError(
        "The KV cache needs 5.6 GiB (parallel 4 x context 65536 x 22.5 KiB a token), and the prefix "
          + "cache up to 512.0 MiB, but 1.0 GiB of memory are available",
        .lower([.parallel, .contextLength, .prefixCacheSize])
      )
    ) { try plan.check() }
  }

  @Test func `a draft model's texts count`() throws {
    var plan = self.plan
    plan.draftKVCache = 300 << 20
    try plan.check()
    #expect(
      plan.description
        == "KV cache 180.0 MiB (4 x 2048 tokens), that of the draft model 300.0 MiB, prefix cache up "
        + "to 512.0 MiB"
    )
    plan.draftKVCache = 400 << 20
    #expect(
      throws: LlamaLoadError(
        "The KV cache needs 180.0 MiB (parallel 4 x context 2048 x 22.5 KiB a token), that of the "
          + "draft model 400.0 MiB, and the prefix cache up to 512.0 MiB, but 1.0 GiB of memory are "
          + "available",
        .lower([.parallel, .contextLength, .prefixCacheSize])
      )
    ) { try plan.check() }
  }

  @Test func `where nobody knows, nothing is refused`() throws {
    var plan = self.plan
    plan.available = nil
    plan.parallel = 256
    try plan.check()
  }

  @Test func `a token takes what the model's layers need`() throws {
    // 30 layers, 3 heads of keys and values of 64 numbers of 2 bytes.
    #expect(try LlamaModel(path: TestModel.path, gpuLayers: 0).bytesPerToken == 30 * 3 * 64 * 2 * 2)
  }

  @Test func `the memory of the machine is read`() {
    let information = "MemTotal:       24683520 kB\nMemAvailable:   24238080 kB\n"
    #expect(AvailableMemory.ofMachine(information) == 24_238_080 << 10)
    #expect(AvailableMemory.ofMachine("") == nil)
  }

  @Test func `the limit of a control group is read, and pages of files do not count`() {
    #expect(
      AvailableMemory.ofGroup(
        limit: "1000\n",
        used: "700\n",
        statistics: "anon 300\ninactive_file 250\n"
      ) == 550
    )
    #expect(AvailableMemory.ofGroup(limit: "max\n", used: "700\n", statistics: "") == nil)
  }
}
