/// The right side of a rule, or a part of it.
indirect enum Expression {
  case scalar(ScalarSet)
  case rule(name: String, at: Int)
  case sequence([Expression])
  case choice([Expression])
  /// - Parameter maximum: nil repeats without end.
  case repetition(Expression, minimum: Int, maximum: Int?)
}
