internal import CMongoC
public import Logging
internal import Synchronization

/// What libmongoc says to itself, as messages of level debug: errors reach the program as errors.
public enum ServerLog {
  /// One for the process, as libmongoc has it.
  private static let logger = Mutex<Logger?>(nil)

  private static let isStarted: Bool = {
    mongoc_init()
    mongoc_log_set_handler(
      { _, domain, message, _ in
        guard let message else { return }
        let logger = ServerLog.logger.withLock { $0 }
        logger?.debug(
          "\(String(cString: message))",
          metadata: ["domain": "\(domain.map { String(cString: $0) } ?? "")"]
        )
      },
      nil
    )
    return true
  }()

  /// Sends what libmongoc says from now on to a logger.
  public static func send(to logger: Logger) {
    self.logger.withLock { $0 = logger }
  }

  /// Makes libmongoc ready, once in a process. It stays so until the process ends.
  static func start() {
    _ = self.isStarted
  }
}
