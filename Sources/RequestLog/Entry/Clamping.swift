/// Sums of what a file or a database says, which may be anything: they stop at the largest number
/// instead of ending the process.
extension FixedWidthInteger {
  func addingClamped(_ other: Self) -> Self {
    let (sum, isTooLarge) = self.addingReportingOverflow(other)
    return isTooLarge ? (other < 0 ? .min : .max) : sum
  }
}
