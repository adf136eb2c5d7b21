/// Cuts bytes that come in pieces into lines, as files of a JSON value in each line have them: texts in
/// JSON may have other ends of lines within than "\n".
package struct LineBuffer {
  private var bytes: [UInt8] = []
  /// Where the next line begins.
  private var start = 0
  /// Up to where there is no end of a line.
  private var searched = 0

  package init() {}

  /// How many bytes there are of lines that were not taken.
  package var count: Int { self.bytes.count - self.start }

  /// Takes the next line, without its end.
  ///
  /// - Returns: nil when its end has not come.
  package mutating func next() -> ArraySlice<UInt8>? {
    guard let end = self.bytes[self.searched...].firstIndex(of: UInt8(ascii: "\n")) else {
      self.searched = self.bytes.count
      return nil
    }
    defer {
      self.start = end + 1
      self.searched = self.start
    }
    return self.bytes[self.start ..< end]
  }

  /// Takes what there is of a line whose end does not come.
  ///
  /// - Returns: nil when that is nothing.
  package mutating func rest() -> ArraySlice<UInt8>? {
    defer {
      self.start = self.bytes.count
      self.searched = self.start
    }
    return self.start == self.bytes.count ? nil : self.bytes[self.start...]
  }

  /// Adds what `read` puts into a buffer of that size.
  ///
  /// - Parameter read: returns how many bytes it has put there; 0 at the end.
  /// - Returns: what it has returned.
  package mutating func add<Failure>(
    atMost size: Int,
    _ read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) -> Int {
    self.bytes.removeFirst(self.start)
    self.searched -= self.start
    self.start = 0
    let count = self.bytes.count
    self.bytes.append(contentsOf: repeatElement(0, count: size))
    var added = 0
    defer { self.bytes.removeLast(size - added) }
    let result = self.bytes.withUnsafeMutableBytes { bytes in
      Result { () throws(Failure) in
        try read(UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
      }
    }
    added = try result.get()
    return added
  }
}
