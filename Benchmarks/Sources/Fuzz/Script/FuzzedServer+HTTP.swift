extension FuzzedServer {
  /// Does what a peer of HTTP does.
  func follow(_ steps: some Sequence<HTTPScript.Step>) {
    for step in steps {
      switch step {
      case .send(let bytes): for piece in Pieces(bytes) { self.receive(piece) }
      case .toggleReading: self.toggleWriting()
      case .wait: self.run()
      case .advance(let seconds): self.advance(by: seconds)
      case .endInput: self.endInput()
      case .drain: self.drain(gracePeriod: .seconds(1))
      }
    }
  }
}
