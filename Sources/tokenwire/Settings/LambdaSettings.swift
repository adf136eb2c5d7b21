import Identifiers
import LambdaRuntime

/// How a function of AWS Lambda answers its events.
struct LambdaSettings: SettingGroup {
  static let title = "Lambda"

  let responseMode = Setting(
    "responseMode",
    .word(of: LambdaRuntime.ResponseMode.self) { $0.map { "\"\($0)\"" }.joined(separator: " or ") },
    default: "buffered",
    """
    Whether answers are sent whole, or streaming as they are written, which the function's URL or its \
    API must be set to as well.
    """
  )
  let basePath = Setting(
    "basePath",
    .parsed("\"/\", or a path such as \"/llm\"") { Self.path($0) },
    default: "/",
    "What paths have in front of the server's, such as that of a custom domain's mapping."
  )

  /// The path without a slash at its end; nil when it does not begin with one.
  private static func path(_ text: String) -> String? {
    guard text.utf8.first == UInt8(ascii: "/") else { return nil }
    let path = text.utf8.last == UInt8(ascii: "/") ? text.utf8.dropLast() : text.utf8[...]
    return String(decoding: path, as: UTF8.self)
  }
}
