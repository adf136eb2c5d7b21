/// Why the function cannot go on, or an answer could not be delivered.
package struct LambdaError: Error, Sendable, CustomStringConvertible {
  /// What has failed.
  package enum Code: Sendable {
    /// The Runtime API is gone, or does not speak as it should: there will be no more events.
    case runtimeAPI
    /// The Runtime API did not take an answer, or its connection has broken; there may be more events.
    case answerRefused
    /// The time for an answer is over.
    case deadline
    /// The server of this process did not answer.
    case server
    /// The function ends before its server was ready.
    case stopping
  }

  /// What has failed.
  package let code: Code
  /// One sentence.
  package let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The sentence.
  package var description: String { self.message }
}
