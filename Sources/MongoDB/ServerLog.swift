internal import CMongoC
internal import Logging

/// What libmongoc says to itself, as messages of level debug: errors reach the program as errors.
enum ServerLog {
  private static let logger = Logger(label: "libmongoc")

  private static let isStarted: Bool = {
    mongoc_init()
    mongoc_log_set_handler(
      { _, domain, message, _ in
        guard let message else { return }
        ServerLog.logger.debug(
          "\(String(cString: message))",
          metadata: ["domain": "\(domain.map { String(cString: $0) } ?? "")"]
        )
      },
      nil
    )
    return true
  }()

  /// Makes libmongoc ready, once in a process. It stays so until the process ends.
  static func start() {
    _ = self.isStarted
  }
}
