internal import NIOCore
internal import TokenwireAPI

/// What an answer begins with, and each chunk of a stream: written once.
struct AnswerHead: Sendable {
  private let created = UnixTime.now
  private let object: StaticString
  private let idPrefix: StaticString
  /// The members up to the choices; empty until the generation has begun.
  private(set) var bytes = ByteBuffer()

  /// - Parameters:
  ///   - object: the answer's `object`.
  ///   - idPrefix: what its `id` begins with, before the generation's.
  init(object: StaticString, idPrefix: StaticString) {
    self.object = object
    self.idPrefix = idPrefix
  }

  /// Takes the names of the generation and its model: with several calls, those of the first to begin.
  mutating func begin(_ started: Started) {
    guard self.bytes.readableBytes == 0 else { return }
    self.bytes.writeStaticString(#"{"id":""#)
    self.bytes.writeStaticString(self.idPrefix)
    self.bytes.writeJSON(contentsOf: started.generationID)
    self.bytes.writeStaticString(#"","object":""#)
    self.bytes.writeStaticString(self.object)
    self.bytes.writeStaticString(#"","created":"#)
    self.bytes.writeJSON(self.created)
    self.bytes.writeStaticString(#","model":"#)
    self.bytes.writeJSON(started.model)
    self.bytes.writeStaticString(#","choices":["#)
  }
}
