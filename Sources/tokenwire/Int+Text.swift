extension Int {
  /// A number of bytes for people, such as "3.4 MiB".
  var byteText: String {
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

  /// A number of entries for people, such as "1 entry".
  var entryText: String { self == 1 ? "1 entry" : "\(self) entries" }

  /// This part of a whole for people, such as "45%".
  func percent(of whole: Int) -> String {
    let part = whole > 0 ? Double(self) * 100 / Double(whole) : 100
    return "\(part < 100 ? Int(part) : 100)%"
  }
}
