internal import Identifiers
internal import NIOCore
internal import Protobuf
internal import Synchronization
internal import TTRPC
internal import TokenwireAPI

/// The ids that a server creates anew in each replay, and that clients send back later, as the
/// generation ids in `Abort` and `LogRequest`.
final class Identifiers: Sendable {
  private struct State {
    /// The recorded ids, in the order of their stream.
    var recorded: [StreamKey: [Identifier]]
    /// The number of ids received on each stream.
    var count: [StreamKey: Int] = [:]
    /// The ids in this replay, by recorded id.
    var replayed: [Identifier: Identifier] = [:]
  }

  private let state: Mutex<State>

  init(_ plan: ReplayPlan) {
    var recorded: [StreamKey: [Identifier]] = [:]
    for connection in plan.connections {
      for case .frame(let frame) in connection.said {
        guard let id = Self.id(in: frame, connection.calls[frame.stream]) else { continue }
        let key = StreamKey(connection: connection.number, stream: frame.stream)
        recorded[key, default: []].append(id)
      }
    }
    self.state = Mutex(State(recorded: recorded))
  }

  /// The server has sent a frame.
  func received(_ frame: Frame, on connection: Int, _ call: RecordedCall?) {
    guard let id = Self.id(in: frame, call) else { return }
    let key = StreamKey(connection: connection, stream: frame.stream)
    self.state.withLock { state in
      let index = state.count[key, default: 0]
      state.count[key] = index + 1
      guard let known = state.recorded[key], index < known.count else { return }
      state.replayed[known[index]] = id
    }
  }

  /// Returns the request with the ids of this replay.
  func replace(in request: ByteBuffer) -> ByteBuffer {
    let ids = self.state.withLock { $0.replayed }
    guard !ids.isEmpty else { return request }
    return request.replacingFields { number, payload in
      // ttrpc.proto: the message.
      guard number == 3 else { return nil }
      return payload.replacingFields { _, value in
        ids[Identifier(String(buffer: value))].map { ByteBuffer(string: $0.text) }
      }
    } ?? request
  }

  private static func id(in frame: Frame, _ call: RecordedCall?) -> Identifier? {
    switch (frame.type, call?.method) {
    case (.data, TokenwireMethod.generate), (.data, TokenwireMethod.secureGenerate):
      guard
        let response = try? GenerateResponse(serialized: frame.data),
        case .started(let started) = response.event
      else { return nil }
      return Identifier(started.generationID)
    case (.response, TokenwireMethod.logRequest):
      guard
        let payload = try? frame.readResponse().payload,
        let response = try? LogRequestResponse(serialized: payload), !response.id.isEmpty
      else { return nil }
      return Identifier(response.id)
    default:
      return nil
    }
  }
}
