import Foundation
import Listening
import Logging
import NIOCore
import RPC
import Recording
import TTRPC
import TestClients
import TestServers
import TokenwireAPI
import TokenwireClient

/// Has a folder there while `body` runs.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder.path)
}

/// Records what `body` says to a server.
func record(
  _ server: Endpoint,
  to path: String,
  redactsTokens: Bool = true,
  on listen: Endpoint = .anyPort,
  _ body: @escaping @Sendable (Endpoint) async throws -> Void
) async throws -> Recording {
  let proxy = RecordingProxy(
    listen: listen,
    to: server,
    recorder: try Recorder(path: path, redactsTokens: redactsTokens)
  )
  let run: @Sendable (@escaping @Sendable (Endpoint) -> Void) async throws -> Void = { listening in
    try await proxy.run(onListening: { listening($0) }, onFailure: { _ in })
  }
  return try await withEndpoint(of: run) { address in
    try await body(address)
    // Until the proxy has seen the ends of all connections.
    while true {
      let recording = try Recording(path: path)
      if recording.isComplete { return recording }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}

extension Recording {
  fileprivate var isComplete: Bool {
    var sides = 0
    for event in self.events {
      if case .open = event.kind { sides += 2 }
      if case .end = event.kind { sides -= 1 }
    }
    return sides == 0
  }
}

/// Records calls of a typed client.
func recordCalls(
  of service: StubService,
  to path: String,
  redactsTokens: Bool = true,
  options: ClientOptions = .patient,
  _ body: @escaping @Sendable (TokenwireClient) async throws -> Void
) async throws -> Recording {
  try await service.serve { server in
    try await record(server, to: path, redactsTokens: redactsTokens) { proxy in
      let client = try await TokenwireClient.connect(to: proxy, options: options)
      try await body(client)
      await client.close()
    }
  }
}

/// Sends bytes to a server and ends; returns all that comes back.
@discardableResult
func exchange(_ bytes: [ByteBuffer], with endpoint: Endpoint) async throws -> ByteBuffer {
  try await endpoint.connectForBytes(tls: nil).executeThenClose { inbound, outbound in
    for chunk in bytes { try await outbound.write(chunk) }
    outbound.finish()
    var received = ByteBuffer()
    for try await chunk in inbound { received.writeImmutableBuffer(chunk) }
    return received
  }
}

extension TokenwireClient {
  /// The text that the server says.
  @discardableResult
  func text(of request: GenerateRequest = .go) async throws -> String {
    var text = ""
    for try await response in try await self.api.generate(request) {
      if case .delta(let delta) = response.event { text += delta.text }
    }
    return text
  }
}

extension GenerateRequest {
  static let go = GenerateRequest(input: .prompt("go"))
}

extension ByteBuffer {
  init(_ frame: Frame) {
    self.init()
    frame.write(into: &self)
  }
}

extension Recording {
  /// What a side has sent, in order.
  func frames(from side: RecordedEvent.Side) -> [Frame] {
    self.events.compactMap { event in
      if event.side == side, case .frame(let frame) = event.kind { frame } else { nil }
    }
  }
}
