internal import Generation
internal import Synchronization

/// The forms of a template's answers that were found out last, for conversations of the same kind.
final class AnswerForms: Sendable {
  private let forms = Mutex<[[UInt8]: AnswerForm?]>([:])

  private static let maximumCount = 64

  /// - Parameters:
  ///   - kind: all that the form depends on.
  ///   - newForm: finds it out.
  /// - Returns: nil when the answer is plain text.
  func form(
    _ kind: [UInt8],
    _ newForm: () throws(GenerationError) -> AnswerForm?
  ) throws(GenerationError) -> AnswerForm? {
    if let known = self.forms.withLock({ $0[kind] }) { return known }
    let form = try newForm()
    self.forms.withLock { forms in
      if forms.count >= Self.maximumCount { forms.removeAll() }
      forms[kind] = .some(form)
    }
    return form
  }
}
