/// An error of a lower layer that callers may see: a handler can throw it as it is.
public protocol CallErrorConvertible: Error {
  /// The error as the caller sees it.
  var callError: CallError { get }
}
