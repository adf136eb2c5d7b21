extension Int {
  /// A number of entries for people, such as "1 entry".
  var entryText: String { self == 1 ? "1 entry" : "\(self) entries" }

  /// This part of a whole for people, such as "45%".
  func percent(of whole: Int) -> String {
    let part = whole > 0 ? Double(self) * 100 / Double(whole) : 100
    return "\(part < 100 ? Int(part) : 100)%"
  }
}
