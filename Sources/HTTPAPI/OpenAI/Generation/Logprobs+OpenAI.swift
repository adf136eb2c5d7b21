internal import NIOCore
internal import TokenwireAPI

extension TokenLogprobs {
  /// Writes the probabilities of a token as chat completions and responses have them.
  func write(to body: inout ByteBuffer) {
    body.writeStaticString("{")
    (self.chosen ?? Logprob()).writeMembers(to: &body)
    body.writeStaticString(#","top_logprobs":["#)
    body.writeJSON(elements: self.top) { logprob, body in
      body.writeStaticString("{")
      logprob.writeMembers(to: &body)
      body.writeStaticString("}")
    }
    body.writeStaticString("]}")
  }
}

extension Logprob {
  fileprivate func writeMembers(to body: inout ByteBuffer) {
    body.writeStaticString(#""token":"#)
    // Bytes that are not whole characters are told in full by `bytes` alone.
    body.writeJSON(String(decoding: self.token.readableBytesView, as: UTF8.self))
    body.writeStaticString(#","logprob":"#)
    body.writeJSON(logprob: self.logprob)
    body.writeStaticString(#","bytes":["#)
    body.writeJSON(elements: self.token.readableBytesView) { $1.writeJSON($0) }
    body.writeStaticString("]")
  }
}
