import Dispatch
import Identifiers
import NIOCore

@testable import Listening
@testable import RPC
@testable import TTRPC

/// A client's whole connection to a server that plays a `ConnectionScript`. Whatever the server
/// does, every call ends when the connection does; that one hangs shows in libFuzzer's timeout.
struct ClientTarget: FuzzTarget {
  let seeds = ConnectionScript.examples

  private static let server = ScriptServer()

  func run(_ input: ByteBuffer) {
    Self.server.play(input)
    let isDone = DispatchSemaphore(value: 0)
    Task {
      await self.call(Self.server.endpoint)
      isDone.signal()
    }
    isDone.wait()
  }

  /// Makes a call of each kind. How they end is the server's affair.
  private func call(_ endpoint: Endpoint) async {
    let client = RPCClient(endpoint: endpoint, options: ClientOptions(retry: .never))
    await withTaskGroup { group in
      group.addTask { let _: KeyValue? = try? await client.unary(Self.method, KeyValue()) }
      group.addTask {
        let responses: ResponseStream<KeyValue>? = try? await client.serverStreaming(
          Self.method,
          KeyValue()
        )
        await responses?.drain()
      }
      group.addTask {
        try? await client.bidirectionalStreaming(Self.method) {
          (requests: RequestWriter<KeyValue>) in
          for _ in 0 ..< 10 { try await requests.write(KeyValue(key: "key", value: "value")) }
        } receive: { (responses: ResponseStream<KeyValue>) in
          await responses.drain()
        }
      }
    }
    await client.close()
  }

  private static let method = MethodDescriptor(service: FuzzService.name, method: "u")
}

extension ResponseStream {
  /// Reads to the end, whatever that is.
  fileprivate func drain() async {
    var responses = self.makeAsyncIterator()
    while case .some(.some) = try? await responses.next() {}
  }
}
