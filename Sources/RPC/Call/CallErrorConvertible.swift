/// An error of a lower layer that its callers may know of: a handler can throw it as it is.
public protocol CallErrorConvertible: Error {
  /// What the error is for the caller of a method.
  var callError: CallError { get }
}
