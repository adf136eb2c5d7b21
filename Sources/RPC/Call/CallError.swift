/// Why a call failed: a canonical code and a sentence for the caller.
///
/// A call that succeeds has no error, so there is no code for success.
public struct CallError: Error, Hashable, Sendable {
  /// The kind of error.
  public var code: Code

  /// What was wrong and what to do, for the caller: never a path or a secret.
  public var message: String

  /// What was wrong, where programs do something about it; nil for most errors.
  public var reason: Reason?

  /// How long to wait before calling again; nil if unknown.
  public var retryAfter: Duration?

  /// Creates an error with a code and a message.
  public init(
    _ code: Code,
    _ message: String,
    reason: Reason? = nil,
    retryAfter: Duration? = nil
  ) {
    self.code = code
    self.message = message
    self.reason = reason
    self.retryAfter = retryAfter
  }

  /// What programs tell errors of one code apart by; the texts are those of `google.rpc.ErrorInfo`
  /// (https://google.aip.dev/193).
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// The prompt is longer than the model's context: a shorter one may succeed.
    case contextLengthExceeded = "CONTEXT_LENGTH_EXCEEDED"
    /// The server does not have the model.
    case modelNotFound = "MODEL_NOT_FOUND"
  }

  /// The codes of `google.rpc.Code`, with the numbers that gRPC uses
  /// (https://grpc.io/docs/guides/status-codes/).
  public enum Code: Int32, Hashable, Sendable, CaseIterable {
    case cancelled = 1
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case aborted = 10
    case outOfRange = 11
    case unimplemented = 12
    case `internal` = 13
    case unavailable = 14
    case dataLoss = 15
    case unauthenticated = 16
  }
}

extension CallError.Code: CustomStringConvertible {
  /// The name in the protocol, such as "INVALID_ARGUMENT".
  public var description: String {
    switch self {
    case .cancelled: "CANCELLED"
    case .unknown: "UNKNOWN"
    case .invalidArgument: "INVALID_ARGUMENT"
    case .deadlineExceeded: "DEADLINE_EXCEEDED"
    case .notFound: "NOT_FOUND"
    case .alreadyExists: "ALREADY_EXISTS"
    case .permissionDenied: "PERMISSION_DENIED"
    case .resourceExhausted: "RESOURCE_EXHAUSTED"
    case .failedPrecondition: "FAILED_PRECONDITION"
    case .aborted: "ABORTED"
    case .outOfRange: "OUT_OF_RANGE"
    case .unimplemented: "UNIMPLEMENTED"
    case .internal: "INTERNAL"
    case .unavailable: "UNAVAILABLE"
    case .dataLoss: "DATA_LOSS"
    case .unauthenticated: "UNAUTHENTICATED"
    }
  }
}

extension CallError: CustomStringConvertible {
  /// The code and the message.
  public var description: String { "\(self.code): \(self.message)" }
}

extension CallError {
  /// The error of a call that took longer than its timeout.
  public static func deadlineExceeded(_ timeout: Duration) -> CallError {
    CallError(
      .deadlineExceeded,
      timeout > .zero
        ? "The call took longer than the \(timeout) that its caller gave it"
        : "The call's time was over before it began"
    )
  }
}

extension CallError {
  /// The caller has cancelled the call.
  package static let cancelled = CallError(.cancelled, "The call was cancelled")
  /// Something was to be sent after the end of the call.
  package static let ended = CallError(
    .cancelled,
    "The call has ended: nothing more can be sent on it"
  )
  /// The connection ended before the call.
  package static let connectionClosed = CallError(.unavailable, "The connection is closed")
  /// A stopping server ended the call.
  package static let endedByShutdown = CallError(
    .unavailable,
    "The server is shutting down and has ended the call: make it again elsewhere, or later"
  )
}
