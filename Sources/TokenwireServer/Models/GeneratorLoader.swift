internal import Foundation
internal import Generation

/// Loads a generator on a thread of its own: loading a large model blocks for minutes.
struct GeneratorLoader: Sendable {
  private let load: @Sendable () throws(GenerationError) -> any TextGenerator

  init(_ load: @escaping @Sendable () throws(GenerationError) -> any TextGenerator) {
    self.load = load
  }

  /// Waits for the generator.
  ///
  /// A blocking function cannot be interrupted. So when this task is cancelled, the thread
  /// continues, and drops what it loads or ends with the process.
  ///
  /// - Returns: nil when this task is cancelled.
  func generator() async throws(GenerationError) -> (any TextGenerator)? {
    let (results, continuation) = AsyncStream.makeStream(
      of: Result<any TextGenerator, GenerationError>.self
    )
    let load = self.load
    let thread = Thread {
      continuation.yield(Result { () throws(GenerationError) in try load() })
      continuation.finish()
    }
    thread.name = "tokenwire-load"
    thread.start()
    for await result in results { return try result.get() }
    return nil
  }
}
