extension Int {
  /// A number of bytes for people, such as "3.4 MiB".
  package var byteText: String {
    var value = Double(self)
    var unit = "B"
    for larger in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 {
      value /= 1024
      unit = larger
    }
    if unit == "B" { return "\(self) B" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(unit)"
  }
}
