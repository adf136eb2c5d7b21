/// Sums of untrusted numbers from a file or a database: they are clamped instead of trapping.
extension FixedWidthInteger {
  /// The sum, clamped to the type's range.
  package func addingClamped(_ other: Self) -> Self {
    let (sum, isTooLarge) = self.addingReportingOverflow(other)
    return isTooLarge ? (other < 0 ? .min : .max) : sum
  }
}
