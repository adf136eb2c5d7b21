internal import Generation
internal import Synchronization

/// The forms of a template's answers that were found out last, for conversations of the same kind.
final class AnswerForms: Sendable {
  private let state = Mutex(State())

  private struct State {
    var forms: [[UInt8]: AnswerForm?] = [:]
    /// That of what the forms depend on, in bytes; they have a few times as much.
    var size = 0
  }

  private static let maximumCount = 64
  private static let maximumSize = 1 << 20

  /// - Parameters:
  ///   - kind: all that the form depends on.
  ///   - newForm: finds it out.
  /// - Returns: nil when the answer is plain text.
  func form(
    _ kind: [UInt8],
    _ newForm: () throws(GenerationError) -> AnswerForm?
  ) throws(GenerationError) -> AnswerForm? {
    if let known = self.state.withLock({ $0.forms[kind] }) { return known }
    let form = try newForm()
    // One long form is not worth those of all others.
    if kind.count > Self.maximumSize / 4 { return form }
    self.state.withLock { state in
      if state.forms.count >= Self.maximumCount || state.size + kind.count > Self.maximumSize {
        state = State()
      }
      // Another call may have found it out meanwhile.
      if state.forms.keys.contains(kind) { return }
      state.forms[kind] = .some(form)
      state.size += kind.count
    }
    return form
  }
}
