internal import HTTPTransport
internal import JSON
internal import NIOHTTP1
internal import RPC

/// Errors as the article's API has them: 403 and `{"message"}` for an access token that is missing or
/// invalid, in its very words, and `{"error"}` for all others.
struct ArticleErrors: ErrorFormat {
  private static let missing = "Token is missing!"
  private static let invalid = "Token is invalid!"

  func response(to failure: HTTPFailure, requestID: String) -> HTTPResponse {
    let message = failure.error.message
    var response: HTTPResponse
    // What the server says of access tokens begins with these words, and goes on with what is wrong.
    if failure.error.code == .unauthenticated, message.utf8.starts(with: "Token is ".utf8) {
      let isMissing = message.utf8.starts(with: Self.missing.utf8)
      response = HTTPResponse(.forbidden) {
        $0.member("message", isMissing ? Self.missing : Self.invalid)
      }
    } else {
      response = HTTPResponse(failure.status) { $0.member("error", message) }
    }
    response.headers.add(contentsOf: failure.headers)
    return response
  }
}
