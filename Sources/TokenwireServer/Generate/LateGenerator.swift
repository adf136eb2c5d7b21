internal import FrameRPC
internal import Generation
internal import Synchronization

/// The place of a generator that comes later than the first requests.
final class LateGenerator: Sendable {
  private let generator: Mutex<(any TextGenerator)?>

  /// - Parameter generator: nil when it is still to come.
  init(_ generator: (any TextGenerator)? = nil) {
    self.generator = Mutex(generator)
  }

  var isEmpty: Bool { self.generator.withLock { $0 == nil } }

  /// - Throws: `unavailable` as long as it has not come: nobody knows how long a caller would wait,
  ///   and clients call again.
  var value: any TextGenerator {
    get throws(CallError) {
      guard let generator = self.generator.withLock({ $0 }) else {
        throw CallError(.unavailable, "The model is still loading: try again in a moment")
      }
      return generator
    }
  }

  func fill(with generator: any TextGenerator) {
    self.generator.withLock { $0 = generator }
  }
}
