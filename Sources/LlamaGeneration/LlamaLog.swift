internal import CLlama
internal import Logging
internal import Synchronization

/// Takes what libllama prints into our log, at debug level: it tells much that only its developers
/// need.
enum LlamaLog {
  /// libllama has one log for the process: the last logger that was given gets it.
  private static let logger = Mutex<Logger?>(nil)

  static func redirect(to logger: Logger) {
    self.logger.withLock { $0 = logger }
    llama_log_set(
      { _, text, _ in
        guard let text else { return }
        let line = String(cString: text).trimmingSuffix { $0.isNewline }
        if !line.isEmpty {
          LlamaLog.logger.withLock { $0 }?.debug("libllama: \(line)")
        }
      },
      nil
    )
  }
}

extension String {
  fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
    var end = self.endIndex
    while end > self.startIndex, predicate(self[self.index(before: end)]) {
      end = self.index(before: end)
    }
    return self[..<end]
  }
}
