public import CoreMetrics
internal import Synchronization

/// This process's metrics, to be read in Prometheus's text format.
///
/// A counter's name gets the end `_total`. A timer is a histogram of seconds, and its name gets the end
/// `_seconds`. Meters, and recorders that do not aggregate, are gauges; others are summaries without
/// quantiles. A series lasts as long as the process, also when its counter is destroyed: rates need what
/// it was. No two kinds of metrics may have one name.
public final class PrometheusRegistry: MetricsFactory {
  private let series = Mutex<[SeriesName: any Series]>([:])

  /// Creates an empty registry.
  public init() {}

  /// All series and what the process uses, in the text format 0.0.4
  /// (https://prometheus.io/docs/instrumenting/exposition_formats/).
  public var text: String {
    var exposition = Exposition()
    let series = self.series.withLock { $0 }.sorted { $0.key < $1.key }
    for (name, series) in series { series.write(to: &exposition, as: name) }
    ProcessUsage.write(to: &exposition)
    return exposition.text
  }

  private func series<S: Series>(
    _ label: String,
    _ dimensions: [(String, String)],
    _ create: @Sendable () -> S
  ) -> S {
    let name = SeriesName(label + S.suffix, dimensions)
    return self.series.withLock { series in
      if let found = series[name] {
        guard let found = found as? S else {
          preconditionFailure("The metric \(name.metric) is of two kinds")
        }
        return found
      }
      let new = create()
      series[name] = new
      return new
    }
  }

  // MARK: MetricsFactory

  /// The counter of these labels, new or used before.
  public func makeCounter(
    label: String,
    dimensions: [(String, String)]
  ) -> any CounterHandler {
    self.series(label, dimensions) { CounterSeries() }
  }

  /// The counter of these labels, new or used before.
  public func makeFloatingPointCounter(
    label: String,
    dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    self.series(label, dimensions) { CounterSeries() }
  }

  /// The gauge of these labels, new or used before.
  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    self.series(label, dimensions) { GaugeSeries() }
  }

  /// The gauge or summary of these labels, new or used before.
  public func makeRecorder(
    label: String,
    dimensions: [(String, String)],
    aggregate: Bool
  ) -> any RecorderHandler {
    guard aggregate else { return self.series(label, dimensions) { GaugeSeries() } }
    return self.series(label, dimensions) { SummarySeries() }
  }

  /// The histogram of these labels, new or used before.
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    self.series(label, dimensions) { HistogramSeries() }
  }

  /// Does nothing: the series stays.
  public func destroyCounter(_ handler: any CounterHandler) {}
  /// Does nothing: the series stays.
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  /// Does nothing: the series stays.
  public func destroyMeter(_ handler: any MeterHandler) {}
  /// Does nothing: the series stays.
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  /// Does nothing: the series stays.
  public func destroyTimer(_ handler: any TimerHandler) {}
}
