internal import NIOCore
internal import Protobuf
public import RPC
internal import TTRPC
public import TokenwireAPI

/// A call for a text, and all that came back.
public struct RecordedGenerateCall: Sendable {
  /// The first message of the call.
  public var request: GenerateRequest
  /// With their times since the Request.
  public var responses: [(time: Duration, response: GenerateResponse)] = []
  /// What ended it, when that was an error.
  public var error: CallError?
}

extension Recording {
  /// All calls for texts, with a token and without one, in the order of their Requests.
  public var generateCalls: [RecordedGenerateCall] {
    var calls: [(begin: Duration, call: RecordedGenerateCall)] = []
    // Those that go on, by their places.
    var running: [StreamKey: Int] = [:]
    for event in self.events {
      guard case .frame(let frame) = event.kind else { continue }
      let key = StreamKey(connection: event.connection, stream: frame.stream)
      if event.side == .client {
        guard running[key] == nil, let request = GenerateRequest(frame) else { continue }
        running[key] = calls.count
        calls.append((event.time, RecordedGenerateCall(request: request)))
      } else if let place = running[key] {
        if frame.type == .response {
          calls[place].call.error = (try? frame.readResponse())?.error
          running[key] = nil
        } else if frame.flags.contains(.noData) {
          running[key] = nil
        } else if let response = try? GenerateResponse(serialized: frame.data) {
          calls[place].call.responses.append((event.time - calls[place].begin, response))
        }
      }
    }
    return calls.map(\.call)
  }
}

extension GenerateRequest {
  /// Nil when the frame is no Request for a text.
  fileprivate init?(_ frame: Frame) {
    guard
      frame.type == .request,
      let request = try? frame.readRequest(),
      request.method == TokenwireMethod.generate
        || request.method == TokenwireMethod.secureGenerate,
      let message = try? GenerateRequest(serialized: request.payload)
    else { return nil }
    self = message
  }
}
