internal import Generation
internal import Identifiers

/// Who has written the text of a call.
///
/// A class, so that a call that waits for its text keeps no more than a reference.
final class ServedText: Sendable {
  let model: Identifier
  /// The server elsewhere; nil for a model here.
  let origin: GenerationOrigin?

  init(_ started: GenerationStarted) {
    self.model = started.model
    self.origin = started.origin
  }
}
