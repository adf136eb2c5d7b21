internal import Listening
internal import NIOCore
internal import NIOHTTP1

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// One event that the function answers.
struct Invocation: Sendable {
  /// Lambda's name for it.
  let id: String
  /// The event, JSON.
  let event: ByteBuffer
  let deadline: Deadline
  /// X-Ray's name of the request; nil without.
  let traceID: String?

  /// - Returns: nil when the Runtime API did not name the invocation.
  init?(_ headers: HTTPHeaders, event: ByteBuffer) {
    guard let id = headers.first(name: "lambda-runtime-aws-request-id"), !id.isEmpty,
      id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/?#%".utf8.contains($0) })
    else { return nil }
    self.id = id
    self.event = event
    self.deadline = Deadline(
      millisecondsSince1970: headers.first(name: "lambda-runtime-deadline-ms").flatMap { Int64($0) }
    )
    self.traceID = headers.first(name: "lambda-runtime-trace-id")
  }
}

/// When Lambda ends the process if there is no answer.
struct Deadline: Sendable {
  /// Nil: never.
  private let instant: ContinuousClock.Instant?

  /// What an answer may take to be delivered: at most this, and a tenth of what is left.
  private static let largestMargin = Duration.milliseconds(500)

  init(millisecondsSince1970: Int64?) {
    self.instant = millisecondsSince1970.map { end in
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      let passed = Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
      // A year is as good as never, and no number can overflow.
      return .now + .milliseconds(min(max(end.subtractingReportingOverflow(passed).0, 0), .year))
    }
  }

  /// When the server ends its calls with an error of its API, and when it is no longer waited for;
  /// nil: never.
  var limits: (ofServer: Duration, ofWait: Duration)? {
    guard let instant else { return nil }
    let left = max(instant - .now, .zero)
    let margin = min(Self.largestMargin, left / 10)
    return (left - margin, left - margin / 2)
  }
}

extension Int64 {
  /// Milliseconds.
  fileprivate static let year: Int64 = 365 * 24 * 3_600_000
}
