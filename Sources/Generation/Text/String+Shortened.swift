extension String {
  /// The beginning of what a caller sent, for an error that shows it: a name may have megabytes.
  package var shortened: String {
    let maximum = 64
    var end = self.unicodeScalars.startIndex
    for _ in 0 ..< maximum {
      if end == self.unicodeScalars.endIndex { return self }
      self.unicodeScalars.formIndex(after: &end)
    }
    return end == self.unicodeScalars.endIndex ? self : String(self.unicodeScalars[..<end]) + "..."
  }
}
