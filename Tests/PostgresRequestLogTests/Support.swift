import Identifiers
import Logging
import RequestLog
import TestPostgreSQL
import Testing

@testable import PostgresRequestLog

extension Logger {
  static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
