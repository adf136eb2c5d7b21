import Concurrency
import Foundation
import Listening
import NIOCore
import NIOHTTP1

/// The Runtime API, with the events that a test gives.
final class FakeRuntimeAPI: Sendable {
  struct Event: Sendable {
    var id: String
    var json: String
    /// From now; nil without a deadline.
    var time: Duration?
  }

  /// What the function has brought.
  struct Brought: Sendable {
    /// Such as "1/response", "1/error" or "init/error".
    var path: String
    var request: FakeServer.Request

    var text: String { self.request.text }
    var errorType: String? { self.request.field("lambda-runtime-function-error-type") }
  }

  struct State: Sendable {
    var events: [Event] = []
    /// How many events the function has got.
    var given = 0
    var brought: [Brought] = []
    /// The status that answers are taken with.
    var status = HTTPResponseStatus.accepted
    /// What is done at the first bytes of the next answer, in place of taking it.
    var refusal: [FakeServer.Step] = []
  }

  /// What the test and the server share.
  final class Store: Sendable {
    let state = Monitor(State())
  }

  let server: FakeServer
  let store: Store

  static func start() async throws -> FakeRuntimeAPI {
    let store = Store()
    let server = try await FakeServer.start { request in
      let path = request.head.uri.dropFirst("/2018-06-01/runtime/".count)
      if path == "invocation/next" {
        let event = await store.state.first { state in
          state.events.isEmpty ? nil : state.events.removeFirst()
        }
        store.state.update { $0.given += 1 }
        var headers: HTTPHeaders = [
          "lambda-runtime-aws-request-id": event.id, "lambda-runtime-trace-id": "Root=1-abc",
        ]
        if let time = event.time {
          let end = Date().timeIntervalSince1970 * 1000 + time / .milliseconds(1)
          headers.add(name: "lambda-runtime-deadline-ms", value: "\(Int(end))")
        }
        return .answer(event.json.utf8, headers: headers)
      }
      return store.state.update { state in
        let name = String(path.replacing("invocation/", with: ""))
        state.brought.append(Brought(path: name, request: request))
        return .answer([], name.hasSuffix("response") ? state.status : .accepted)
      }
    } refuse: { request in
      guard request.head.uri.hasSuffix("response") else { return [] }
      return store.state.update { state in
        defer { state.refusal = [] }
        return state.refusal
      }
    }
    return FakeRuntimeAPI(server, store)
  }

  private init(_ server: FakeServer, _ store: Store) {
    self.server = server
    self.store = store
  }

  func invoke(_ id: String, _ json: String, time: Duration? = nil) {
    self.store.state.update { $0.events.append(Event(id: id, json: json, time: time)) }
  }

  /// What was brought to this path, when it is there.
  ///
  /// - Throws: when the test has taken too long.
  func brought(_ path: String) async throws -> Brought {
    let found = await self.store.state.firstUnlessCancelled { state in
      state.brought.first { $0.path == path }
    }
    guard let found else { throw CancellationError() }
    return found
  }
}
