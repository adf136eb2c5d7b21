internal import NIOCore
internal import Protobuf
public import RPC
internal import TTRPC
public import TokenwireAPI

/// A call of `Generate` or `SecureGenerate`, and its responses.
public struct RecordedGenerateCall: Sendable {
  /// The first message of the call.
  public var request: GenerateRequest
  /// The responses, with their times since the Request.
  public var responses: [(time: Duration, response: GenerateResponse)] = []
  /// The error that ended the call, if one did.
  public var error: CallError?
}

extension Recording {
  /// All calls of `Generate` and `SecureGenerate`, in the order of their Requests.
  public var generateCalls: [RecordedGenerateCall] {
    var calls: [(begin: Duration, call: RecordedGenerateCall)] = []
    // The calls that have not ended, by their index.
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
  /// Nil when the frame is not a Request for a text.
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
