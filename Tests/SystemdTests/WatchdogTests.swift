import Foundation
import Testing

@testable import Systemd

@Suite struct WatchdogTests {
  @Test func `signs of life are due at half of the watchdog's time`() {
    #expect(Watchdog.interval(Self.variables("30000000")) == .seconds(15))
    #expect(
      Watchdog.interval(Self.variables("500000", process: "\(getpid())")) == .milliseconds(250)
    )
  }

  @Test(arguments: [nil, "", "0", "-5", "soon"])
  func `without a time there is none`(text: String?) {
    #expect(Watchdog.interval(Self.variables(text)) == nil)
  }

  @Test func `one of another process is not ours`() {
    #expect(Watchdog.interval(Self.variables("500000", process: "\(getppid())")) == nil)
  }

  private static func variables(_ time: String?, process: String? = nil) -> ServiceVariables {
    var variables = ServiceVariables()
    variables.watchdogMicroseconds = time
    variables.watchdogProcess = process
    return variables
  }
}
