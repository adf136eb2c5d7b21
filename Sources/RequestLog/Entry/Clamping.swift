/// Sums of what a file or a database says, which may be anything: they stop at the largest number
/// instead of ending the process.
extension FixedWidthInteger {
  /// The sum, or the largest or smallest number when it does not fit.
  package func addingClamped(_ other: Self) -> Self {
    let (sum, isTooLarge) = self.addingReportingOverflow(other)
    return isTooLarge ? (other < 0 ? .min : .max) : sum
  }
}
