internal import CLlama
internal import Logging
internal import Synchronization

/// Sends libllama's output to our log at debug level, because most of it is for its developers.
enum LlamaLog {
  /// libllama has one log for the process, which goes to the last logger given.
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
