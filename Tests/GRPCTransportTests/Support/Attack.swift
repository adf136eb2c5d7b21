import Identifiers
import NIOCore
import RPC
import Synchronization
import TestHTTP
import Testing

@testable import Listening

/// Errors of HTTP/2 (RFC 9113 section 7).
enum ErrorCode {
  static let protocolError: UInt32 = 1
  static let flowControlError: UInt32 = 3
  static let streamClosed: UInt32 = 5
  static let enhanceYourCalm: UInt32 = 11
}

/// Makes an attack from a connection of its own. Meanwhile and afterwards others are served.
///
/// - Parameters:
///   - opening: what the attacker sends first.
///   - attack: may throw when the server closes the attacker's connection.
func attack(
  _ endpoint: Endpoint,
  opening: ByteBuffer = .opening(),
  acknowledges: Bool = true,
  _ attack: @escaping @Sendable (FramePeer) async throws -> Void
) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    let isOver = Atomic(false)
    group.addTask {
      let other = try await GRPCPeer.connect(to: endpoint)
      var last = false
      while !last {
        last = isOver.load(ordering: .relaxed)
        let start = ContinuousClock.now
        #expect(try await other.call("/test.Notes/Say", [], [Note("a", 99).bytes]).status == 0)
        // Much, as the machine is shared with other tests; an attack that worked would take longer.
        #expect(.now - start < .seconds(10))
      }
      try await other.close()
    }
    defer { isOver.store(true, ordering: .relaxed) }
    let peer = try await FramePeer.connect(
      to: endpoint,
      opening: opening,
      acknowledges: acknowledges
    )
    do {
      try await attack(peer)
    } catch {
      await peer.close()
      isOver.store(true, ordering: .relaxed)
      throw error
    }
    await peer.close()
    isOver.store(true, ordering: .relaxed)
    try await group.waitForAll()
  }
}

extension FramePeer {
  /// Sends bytes of which the server may refuse the rest: its GOAWAY tells.
  func sendAsFarAsTaken(_ bytes: ByteBuffer) async {
    try? await self.send(bytes)
  }

  /// Waits for the end of the connection.
  ///
  /// - Returns: its only GOAWAY.
  func expectGoAway(
    _ error: UInt32,
    _ location: SourceLocation = #_sourceLocation
  ) async -> Frame? {
    let frames = await self.frames.filter { $0.isOf(.goAway) }.reduce(into: []) { $0.append($1) }
    #expect(frames.first?.error == error, sourceLocation: location)
    return frames.first
  }
}

/// Handlers that wait for their end, and how many of them there are at once.
final class Waiters: Sendable {
  private let running = Atomic(0)
  private let highest = Atomic(0)

  var mostAtOnce: Int { self.highest.load(ordering: .relaxed) }

  var service: ServiceDefinition {
    ServiceDefinition(
      name: "test.Waiters",
      methods: [
        "Wait": .serverStreaming { (_: Note, _: ResponseWriter<Note>, _) in
          self.highest.max(
            self.running.add(1, ordering: .relaxed).newValue,
            ordering: .relaxed
          )
          defer { self.running.subtract(1, ordering: .relaxed) }
          try await Task.sleep(for: .seconds(3600))
        }
      ]
    )
  }

  func waitForTheirEnd() async throws {
    while self.running.load(ordering: .relaxed) > 0 {
      try await Task.sleep(for: .milliseconds(2))
    }
  }
}
