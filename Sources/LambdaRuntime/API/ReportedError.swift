internal import JSON
internal import NIOCore

/// An error as Lambda shows it to whoever invoked the function.
package struct ReportedError: Sendable {
  /// A word for alarms and filters, such as "Tokenwire.WrongEvent".
  package let type: String
  /// One sentence.
  package let message: String

  /// Creates an error.
  package init(_ type: String, _ message: String) {
    self.type = "Tokenwire.\(type)"
    self.message = message
  }

  /// The error as the Runtime API takes it.
  var json: ByteBuffer {
    var json = JSONWriter(escapes: .short)
    json.member("errorMessage", self.message)
    json.member("errorType", self.type)
    json.member("stackTrace", [])
    json.end()
    return ByteBuffer(bytes: json.bytes)
  }
}
