internal import CoreMetrics
internal import Synchronization

/// What has been measured of one thing.
protocol Series: AnyObject, Sendable {
  /// What the name of a metric of this kind ends with.
  static var suffix: String { get }

  func write(to exposition: inout Exposition, as name: SeriesName)
}

/// What only grows.
final class CounterSeries: Series, CounterHandler, FloatingPointCounterHandler {
  static let suffix = "_total"

  /// Whole numbers are exact up to 2^53.
  private let value = Mutex(0.0)

  func increment(by amount: Int64) { self.increment(by: Double(amount)) }
  func increment(by amount: Double) { self.value.withLock { $0 += amount } }
  func reset() { self.value.withLock { $0 = 0 } }

  func write(to exposition: inout Exposition, as name: SeriesName) {
    exposition.begin(name.metric, .counter)
    exposition.write(self.value.withLock { $0 }, name)
  }
}

/// What rises and falls.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
  static let suffix = ""

  private let value = Mutex(0.0)

  func set(_ value: Int64) { self.set(Double(value)) }
  func set(_ value: Double) { self.value.withLock { $0 = value } }
  func increment(by amount: Double) { self.value.withLock { $0 += amount } }
  func decrement(by amount: Double) { self.value.withLock { $0 -= amount } }
  func record(_ value: Int64) { self.set(value) }
  func record(_ value: Double) { self.set(value) }

  func write(to exposition: inout Exposition, as name: SeriesName) {
    exposition.begin(name.metric, .gauge)
    exposition.write(self.value.withLock { $0 }, name)
  }
}

/// How many values there were, and their sum.
final class SummarySeries: Series, RecorderHandler {
  static let suffix = ""

  private let state = Mutex((count: 0, sum: 0.0))

  func record(_ value: Int64) { self.record(Double(value)) }
  func record(_ value: Double) {
    self.state.withLock { state in
      state.count += 1
      state.sum += value
    }
  }

  func write(to exposition: inout Exposition, as name: SeriesName) {
    let state = self.state.withLock { $0 }
    exposition.begin(name.metric, .summary)
    exposition.write(state.sum, name, suffix: "_sum")
    exposition.write(Double(state.count), name, suffix: "_count")
  }
}

/// How long something took, in seconds.
final class HistogramSeries: Series, TimerHandler {
  static let suffix = "_seconds"

  /// From a call that only reads to a text of minutes.
  private static let bounds = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250,
  ]

  private struct State {
    /// The last is for what is over all bounds.
    var counts = [Int](repeating: 0, count: HistogramSeries.bounds.count + 1)
    var sum = 0.0
  }

  private let state = Mutex(State())

  func recordNanoseconds(_ duration: Int64) {
    let seconds = Double(duration) / 1e9
    let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    self.state.withLock { state in
      state.counts[bucket] += 1
      state.sum += seconds
    }
  }

  func write(to exposition: inout Exposition, as name: SeriesName) {
    let state = self.state.withLock { $0 }
    exposition.begin(name.metric, .histogram)
    var count = 0
    for (bound, more) in zip(Self.bounds + [.infinity], state.counts) {
      count += more
      exposition.write(Double(count), name, suffix: "_bucket", bucket: bound)
    }
    exposition.write(state.sum, name, suffix: "_sum")
    exposition.write(Double(count), name, suffix: "_count")
  }
}
