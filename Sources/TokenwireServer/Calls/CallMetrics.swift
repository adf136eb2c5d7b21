internal import Metrics
internal import RPC

/// Counts calls and measures their durations, by method.
///
/// - `tokenwire_calls`: calls that have ended, with `method` and `status`, such as "OK" or
///   "RESOURCE_EXHAUSTED".
/// - `tokenwire_call_duration`: from the arrival of a call to its end, with `method`.
/// - `tokenwire_tokens_generated`: generated tokens, with `method`.
/// - `tokenwire_cost`: what models elsewhere cost by the operator's prices, with `method`.
final class CallMetrics: ServerInterceptor {
  fileprivate struct Series {
    let succeeded: Counter
    let duration: Metrics.Timer
    let tokens: Counter
    let cost: FloatingPointCounter
  }

  private let series: [MethodDescriptor: Series]
  private let unknown: Series
  private let factory: any MetricsFactory

  /// - Parameter methods: the methods with series of their own, because callers may name any
  ///   method.
  init(
    _ methods: some Collection<MethodDescriptor>,
    factory: any MetricsFactory = MetricsSystem.factory
  ) {
    self.series = Dictionary(
      uniqueKeysWithValues: methods.map { ($0, Series(method: $0.description, factory)) }
    )
    self.unknown = Series(method: Self.unknownMethod, factory)
    self.factory = factory
  }

  private static let unknownMethod = "unknown"

  func end(_ call: CallContext, _ error: CallError?) {
    let series = self.series[call.method]
    if let error {
      let method = series == nil ? Self.unknownMethod : call.method.description
      Series.calls(of: method, status: error.code.description, self.factory).increment()
    } else {
      (series ?? self.unknown).succeeded.increment()
    }
    (series ?? self.unknown).duration.record(duration: call.duration)
    guard let caller = call.caller as? Caller else { return }
    if caller.generatedTokens > 0 {
      (series ?? self.unknown).tokens.increment(by: caller.generatedTokens)
    }
    if let cost = caller.cost { (series ?? self.unknown).cost.increment(by: cost) }
  }
}

extension CallMetrics.Series {
  fileprivate init(method: String, _ factory: any MetricsFactory) {
    let dimensions = [("method", method)]
    self.succeeded = Self.calls(of: method, status: "OK", factory)
    self.duration = Metrics.Timer(
      label: "tokenwire_call_duration",
      dimensions: dimensions,
      factory: factory
    )
    self.tokens = Counter(
      label: "tokenwire_tokens_generated",
      dimensions: dimensions,
      factory: factory
    )
    self.cost = FloatingPointCounter(
      label: "tokenwire_cost",
      dimensions: dimensions,
      factory: factory
    )
  }

  fileprivate static func calls(
    of method: String,
    status: String,
    _ factory: any MetricsFactory
  ) -> Counter {
    Counter(
      label: "tokenwire_calls",
      dimensions: [("method", method), ("status", status)],
      factory: factory
    )
  }
}
