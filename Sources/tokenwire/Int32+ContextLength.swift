extension Int32 {
  /// How many tokens a model reads and writes in all; nil where a server does not know that, and where
  /// there is no bound, as for scripted and recorded texts.
  var contextLength: Int32? { self > 0 && self < .max ? self : nil }
}
