extension String {
  /// At most 64 characters, for an error message: a caller may send a name of megabytes.
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
