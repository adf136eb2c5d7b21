import Metrics
import PrometheusMetrics
import Testing

@Suite struct PrometheusRegistryTests {
  private let registry = PrometheusRegistry()

  /// The lines about metrics whose names begin so.
  private func lines(_ name: String) -> [String] {
    self.registry.text.split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix(name) || $0.hasPrefix("# TYPE \(name)") }
  }

  private func values(_ name: String) -> [String] {
    self.lines(name).filter { !$0.hasPrefix("#") }
  }

  @Test func `counters end with total`() {
    let counter = Counter(
      label: "calls",
      dimensions: [("b", "2"), ("a", "1")],
      factory: self.registry
    )
    counter.increment(by: 3)
    // The order of labels is nothing.
    Counter(label: "calls", dimensions: [("a", "1"), ("b", "2")], factory: self.registry)
      .increment()
    Counter(label: "calls", factory: self.registry).increment(by: 7)
    FloatingPointCounter(label: "cost", factory: self.registry).increment(by: 0.25)
    #expect(
      self.lines("calls") == [
        "# TYPE calls_total counter", "calls_total 7", #"calls_total{a="1",b="2"} 4"#,
      ]
    )
    #expect(self.lines("cost") == ["# TYPE cost_total counter", "cost_total 0.25"])
    counter.destroy()
    #expect(self.lines("calls").contains(#"calls_total{a="1",b="2"} 4"#))
  }

  @Test func `meters are gauges`() {
    let meter = Meter(label: "waiting", factory: self.registry)
    meter.increment(by: 2)
    meter.decrement()
    #expect(self.lines("waiting") == ["# TYPE waiting gauge", "waiting 1"])
    Gauge(label: "level", factory: self.registry).record(-2.5)
    #expect(self.lines("level") == ["# TYPE level gauge", "level -2.5"])
    meter.set(Double.infinity)
    #expect(self.values("waiting") == ["waiting +Inf"])
    meter.set(Double.nan)
    #expect(self.values("waiting") == ["waiting NaN"])
  }

  @Test func `timers are histograms of seconds`() {
    let timer = Timer(label: "time", dimensions: [("method", "M")], factory: self.registry)
    timer.recordMilliseconds(1)
    timer.recordMilliseconds(30)
    timer.recordSeconds(1_000)
    let lines = self.lines("time_seconds")
    #expect(lines.first == "# TYPE time_seconds histogram")
    #expect(lines.contains(#"time_seconds_bucket{method="M",le="0.001"} 1"#))
    #expect(lines.contains(#"time_seconds_bucket{method="M",le="0.025"} 1"#))
    #expect(lines.contains(#"time_seconds_bucket{method="M",le="0.05"} 2"#))
    #expect(lines.contains(#"time_seconds_bucket{method="M",le="250"} 2"#))
    #expect(lines.contains(#"time_seconds_bucket{method="M",le="+Inf"} 3"#))
    #expect(
      lines.suffix(2) == [
        #"time_seconds_sum{method="M"} 1000.031"#, #"time_seconds_count{method="M"} 3"#,
      ]
    )
  }

  @Test func `recorders that aggregate are summaries`() {
    let recorder = Recorder(label: "size", factory: self.registry)
    recorder.record(3)
    recorder.record(0.5)
    #expect(self.lines("size") == ["# TYPE size summary", "size_sum 3.5", "size_count 2"])
  }

  @Test func `what a name or a label cannot have is replaced`() {
    Counter(
      label: "9.my-counter:é",
      dimensions: [("a:b", "line\nquote\"back\\slash é 猫")],
      factory: self.registry
    ).increment()
    #expect(
      self.values("_9") == [#"_9_my_counter:___total{a_b="line\nquote\"back\\slash é 猫"} 1"#]
    )
  }

  /// To Swift's strings these are one value.
  @Test func `values that are written in two ways are two`() {
    for value in ["Jos\u{E9}", "Jose\u{301}"] {
      Counter(label: "users", dimensions: [("name", value)], factory: self.registry).increment()
    }
    #expect(self.values("users").count == 2)
  }

  @Test func `one type is written for all series of a metric`() {
    for label in ["x", "x_y", "x"] {
      for value in ["1", "2"] {
        Counter(label: label, dimensions: [("v", value)], factory: self.registry).increment()
      }
    }
    #expect(
      self.lines("x") == [
        "# TYPE x_total counter", #"x_total{v="1"} 2"#, #"x_total{v="2"} 2"#,
        "# TYPE x_y_total counter", #"x_y_total{v="1"} 1"#, #"x_y_total{v="2"} 1"#,
      ]
    )
  }

  @Test func `what the process uses is there`() throws {
    for name in [
      "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
      "process_max_fds",
    ] {
      let line = try #require(self.values("\(name) ").first, "\(name)")
      #expect((Double(line.split(separator: " ")[1]) ?? 0) > 0, "\(name)")
    }
  }

  @Test func `many may count at once`() async {
    await withTaskGroup { group in
      for _ in 0 ..< 8 {
        group.addTask { [registry] in
          for _ in 0 ..< 1_000 {
            Counter(label: "hits", factory: registry).increment()
          }
        }
      }
    }
    #expect(self.lines("hits") == ["# TYPE hits_total counter", "hits_total 8000"])
  }
}
