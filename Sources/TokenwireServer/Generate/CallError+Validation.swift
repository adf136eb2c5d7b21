internal import RPC

extension CallError {
  static let promptIsRequired = CallError(.invalidArgument, "Prompt is required")

  static func outOfRange(_ field: String, _ value: some Any, _ range: String) -> CallError {
    CallError(.invalidArgument, "\(field) is \(value), but must be \(range)")
  }
}
