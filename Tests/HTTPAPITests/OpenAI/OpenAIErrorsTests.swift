import HTTPTransport
import Identifiers
import NIOCore
import NIOHTTP1
import RPC
import Testing

@testable import HTTPAPI

@Suite struct OpenAIErrorsTests {
  @Test(
    arguments: [
      (.invalidArgument, 400, "invalid_request_error", nil),
      (.outOfRange, 400, "invalid_request_error", nil),
      (.failedPrecondition, 400, "invalid_request_error", "failed_precondition"),
      (.unimplemented, 501, "invalid_request_error", "unsupported"),
      (.unauthenticated, 401, "authentication_error", "invalid_api_key"),
      (.permissionDenied, 403, "permission_error", nil),
      (.notFound, 404, "not_found_error", nil),
      (.alreadyExists, 409, "conflict_error", nil),
      (.resourceExhausted, 429, "rate_limit_error", "rate_limit_exceeded"),
      (.unavailable, 503, "server_error", nil),
      (.internal, 500, "server_error", nil),
      (.deadlineExceeded, 504, "server_error", nil),
    ] as [(CallError.Code, Int, String, String?)]
  )
  func `errors of calls have OpenAI's names`(
    code: CallError.Code,
    status: Int,
    type: String,
    name: String?
  ) throws {
    let response = OpenAIErrors().response(
      to: HTTPFailure(CallError(code, "What")),
      requestID: "r"
    )
    let name = name.map { "\"\($0)\"" } ?? "null"
    #expect(Int(response.status.code) == status)
    #expect(response.headers["content-type"] == ["application/json"])
    #expect(
      String(buffer: response.body)
        == #"{"error":{"message":"What","type":"\#(type)","param":null,"code":\#(name)}}"#
    )
  }

  @Test(arguments: [(CallError.Reason.contextLengthExceeded, true), (nil, false)])
  func `a prompt that is too long has the name that clients shorten it for`(
    reason: CallError.Reason?,
    isTooLong: Bool
  ) {
    let failure = HTTPFailure(CallError(.invalidArgument, "the prompt has words", reason: reason))
    let body = String(buffer: OpenAIErrors().response(to: failure, requestID: "r").body)
    #expect(body.hasSuffix(isTooLong ? #""code":"context_length_exceeded"}}"# : #""code":null}}"#))
    // LiteLLM tells it by these words.
    #expect(body.contains("This model's maximum context length is exceeded: the ") == isTooLong)
    let other = String(buffer: AnthropicErrors().response(to: failure, requestID: "r").body)
    #expect(other.contains(#""message":"prompt is too long: the prompt has "#) == isTooLong)
  }

  @Test func `an error names its member, and keeps its headers`() {
    let response = OpenAIErrors().response(
      to: .invalid("n is \"x\"", parameter: "n"),
      requestID: "r"
    )
    #expect(
      String(buffer: response.body)
        == #"{"error":{"message":"n is \"x\"","type":"invalid_request_error","param":"n","code":null}}"#
    )
    let limited = OpenAIErrors().response(
      to: HTTPFailure(CallError(.resourceExhausted, "x", retryAfter: .seconds(3))),
      requestID: "r"
    )
    #expect(limited.headers["retry-after"] == ["4"])
  }

  @Test func `content that is too large is no rate limit`() {
    let response = OpenAIErrors().response(
      to: HTTPFailure(.payloadTooLarge, "too large"),
      requestID: "r"
    )
    #expect(response.status == .payloadTooLarge)
    #expect(String(buffer: response.body).contains(#""type":"invalid_request_error""#))
  }
}
