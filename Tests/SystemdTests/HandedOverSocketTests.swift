import Foundation
import Identifiers
import Testing

@testable import Systemd

/// What the variables say. Tests/Deploy/test_systemd.py hands sockets to servers.
@Suite struct HandedOverSocketTests {
  private static let variables: [(count: String?, process: String?)] = [
    (nil, "1"), ("1", nil), ("0", "PID"), ("-1", "PID"), ("many", "PID"), ("1", "1"),
    ("100000", "PID"),
  ]

  @Test(arguments: Self.variables)
  func `sockets that are not for this process are not there`(count: String?, process: String?) {
    var variables = ServiceVariables()
    variables.listenDescriptors = count
    variables.listenProcess = process?.replacing("PID", with: "\(getpid())")
    #expect(HandedOverSocket.all(variables).isEmpty)
  }
}
