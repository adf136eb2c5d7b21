import Recording
import Testing

@Suite struct LatencyHistogramTests {
  @Test(arguments: [1, 255, 256, 1_000, 999_999, 3_600_000_000])
  func `a time is right to one percent`(microseconds: Int) {
    var histogram = LatencyHistogram()
    histogram.record(.microseconds(microseconds))
    histogram.record(.seconds(10_000))
    let median = histogram.percentile(50) / .microseconds(1)
    #expect(median >= Double(microseconds))
    #expect(median <= Double(microseconds) * 1.01)
  }

  @Test func `percentiles are those of all times`() {
    var histogram = LatencyHistogram()
    for microseconds in 1 ... 200 { histogram.record(.microseconds(microseconds)) }
    #expect(histogram.percentile(0) == .microseconds(1))
    #expect(histogram.percentile(50) == .microseconds(100))
    #expect(histogram.percentile(99) == .microseconds(198))
    #expect(histogram.percentile(100) == .microseconds(200))
    #expect(histogram.maximum == .microseconds(200))
    #expect(histogram.count == 200)
  }

  @Test func `without times everything is zero`() {
    #expect(LatencyHistogram().percentile(99) == .zero)
  }
}
