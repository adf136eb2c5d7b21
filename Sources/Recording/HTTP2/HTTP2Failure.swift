/// Why the frames of a connection cannot be followed, in words that follow "because ".
struct HTTP2Failure: Error {
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}
