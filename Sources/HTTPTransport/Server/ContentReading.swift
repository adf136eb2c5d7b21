internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A route reads the long content of a request, on a thread beside the event loops: reading
/// megabytes takes as long as hundreds of tokens, for which other connections of the loop wait.
final class ContentReading: Sendable {
  /// The head of the request.
  let request: RequestHead
  /// What has not been read; nil when somebody has taken it.
  private let content: Mutex<IncomingContent?>

  /// The size, in bytes, up to which content is read on the event loop. Almost all requests are
  /// smaller: they are read in less time than it takes to wake another thread and come back.
  static let largestOnLoop = 32 << 10

  /// They are started with the first long content, and wait for more until the process ends. Half of
  /// the processors, because the event loops want theirs.
  private static let threads: NIOThreadPool = {
    let threads = NIOThreadPool(numberOfThreads: max(1, System.coreCount / 2))
    threads.start()
    return threads
  }()

  /// - Parameter content: counts for the memory that callers use until it is read or dropped.
  init(_ request: RequestHead, _ content: IncomingContent) {
    self.request = request
    self.content = Mutex(content)
  }

  /// Has the content read, after that of other requests which came earlier.
  ///
  /// - Parameter completion: called on the event loop, unless `cancel` was called before the
  ///   reading began.
  func begin(
    _ route: Route,
    on eventLoop: any EventLoop,
    _ completion: @escaping @Sendable (Result<Answer, HTTPFailure>) -> Void
  ) {
    Self.threads.submit { _ in
      guard var content = self.take() else { return }
      let answer = self.request.answer(route, content.bytes)
      content.release()
      eventLoop.execute { completion(answer) }
    }
  }

  /// Nobody waits for the answer: what has not begun to be read is dropped.
  func cancel() {
    guard var content = self.take() else { return }
    content.release()
  }

  private func take() -> IncomingContent? {
    self.content.withLock { content in
      defer { content = nil }
      return content
    }
  }
}

extension RequestHead {
  /// What a route answers to the request with this content.
  func answer(_ route: Route, _ content: ByteBuffer) -> Result<Answer, HTTPFailure> {
    Result { () throws(HTTPFailure) in try route.answer(self.request(content)) }
  }
}
