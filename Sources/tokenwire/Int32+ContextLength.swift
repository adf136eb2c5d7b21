extension Int32 {
  /// A context length; nil if the server does not know it, or if there is no limit, as for scripted
  /// and recorded texts.
  var contextLength: Int32? { self > 0 && self < .max ? self : nil }
}
