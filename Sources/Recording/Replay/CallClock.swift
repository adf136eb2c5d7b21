public import Identifiers
internal import RPC
internal import TTRPC

/// How long a call of a replay took.
public struct CallTiming: Hashable, Sendable {
  /// The method, such as "Generate".
  public var method: Identifier
  /// The time from the Request to the first message or the end.
  public var first: Duration
  /// The time from the Request to the end.
  public var whole: Duration
}

/// Measures the calls of one connection.
struct CallClock: Sendable {
  private var calls: [UInt32: Call] = [:]
  private(set) var timings: [CallTiming] = []

  private struct Call {
    var method: Identifier
    var begin: ContinuousClock.Instant
    var first: ContinuousClock.Instant?
  }

  mutating func sent(_ frame: Frame, _ call: RecordedCall?) {
    guard frame.type == .request, let call, self.calls[frame.stream] == nil else { return }
    self.calls[frame.stream] = Call(method: call.method.method, begin: .now)
  }

  mutating func received(_ frame: Frame) {
    guard var call = self.calls[frame.stream] else { return }
    let now = ContinuousClock.now
    let first = call.first ?? now
    call.first = first
    let isEnd = frame.type == .response || frame.flags.contains(.noData)
    self.calls[frame.stream] = isEnd ? nil : call
    guard isEnd else { return }
    self.timings.append(
      CallTiming(method: call.method, first: first - call.begin, whole: now - call.begin)
    )
  }
}
