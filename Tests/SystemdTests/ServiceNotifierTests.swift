import Foundation
import Identifiers
import Testing

@testable import Systemd

@Suite struct ServiceNotifierTests {
  @Test(arguments: [false, true])
  func `notices come as datagrams, at files and at abstract names`(isAbstract: Bool) throws {
    let manager = try Manager(isAbstract: isAbstract)
    let notifier = try #require(try ServiceNotifier(manager.variables))
    try notifier.notify([.ready, .status("ready on 127.0.0.1:7437")])
    try notifier.notify([.watchdog])
    try notifier.notify([.stopping])
    #expect(try manager.take() == "READY=1\nSTATUS=ready on 127.0.0.1:7437")
    #expect(try manager.take() == "WATCHDOG=1")
    #expect(try manager.take() == "STOPPING=1")
  }

  @Test func `a status is one line, which can assign nothing else`() {
    #expect(ServiceState.status("a\nREADY=1\r\nb").assignment == "STATUS=a READY=1 b")
  }

  @Test func `the time that something needs is in microseconds`() {
    #expect(ServiceState.needs(.seconds(75)).assignment == "EXTEND_TIMEOUT_USEC=75000000")
    #expect(ServiceState.needs(.seconds(Int64.max)).assignment.utf8.count < 40)
  }

  @Test(arguments: [nil, ""])
  func `without a manager there is no notifier`(name: String?) throws {
    var variables = ServiceVariables()
    variables.notifySocket = name
    #expect(try ServiceNotifier(variables) == nil)
  }

  @Test(arguments: ["relative", "@", "/" + String(repeating: "a", count: 108), "vsock:2:1234"])
  func `a name that is no socket's is an error`(name: String) {
    var variables = ServiceVariables()
    variables.notifySocket = name
    #expect(throws: NotifyError.self) { try ServiceNotifier(variables) }
  }

  @Test func `a manager that has gone is an error`() throws {
    var variables = ServiceVariables()
    variables.notifySocket = "/nowhere/\(UUID().uuidString)"
    let notifier = try #require(try ServiceNotifier(variables))
    let error = #expect(throws: NotifyError.self) { try notifier.notify([.ready]) }
    #expect(error?.description == "systemd cannot be notified: No such file or directory")
  }
}

/// The socket on which a manager takes notices.
private final class Manager {
  private let descriptor: Int32
  private let path: String?
  let variables: ServiceVariables

  init(isAbstract: Bool) throws {
    let unique = UUID().uuidString
    let name =
      isAbstract
      ? "@tokenwire-\(unique)" : FileManager.default.temporaryDirectory.path + "/tw-\(unique)"
    self.path = isAbstract ? nil : name
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    self.descriptor = descriptor
    var variables = ServiceVariables()
    variables.notifySocket = name
    self.variables = variables
    let address = try #require(SocketName(name))
    #expect(address.withAddress { bind(descriptor, $0, $1) } == 0)
  }

  deinit {
    close(self.descriptor)
    if let path { unlink(path) }
  }

  func take() throws -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = recv(self.descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    try #require(count >= 0)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
