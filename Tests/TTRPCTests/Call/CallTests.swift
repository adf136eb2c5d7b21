import Foundation
import Identifiers
import NIOCore
import Testing

@testable import RPC
@testable import TTRPC

@Suite struct CallTests {
  @Test func `a unary call has one response`() async throws {
    try await withClient { client in
      let response: Text = try await client.unary(EchoService.unary, Text("hi"))
      #expect(response.text == "hi")
    }
  }

  @Test func `a server streams responses, and ends`() async throws {
    try await withClient { client in
      let responses: ResponseStream<Text> = try await client.serverStreaming(
        EchoService.repeated,
        Text("hi")
      )
      #expect(try await responses.reduce(into: []) { $0.append($1.text) } == ["hi", "hi", "hi"])
    }
  }

  @Test func `a client streams requests, and has one response`() async throws {
    try await withClient { client in
      let joined: Text = try await client.clientStreaming(EchoService.join) {
        (requests: RequestWriter<Text>) in
        for word in ["a", "", "b"] { try await requests.write(Text(word)) }
      }
      #expect(joined.text == "ab")
    }
  }

  @Test func `both sides stream, independent of each other`() async throws {
    try await withClient { client in
      let heard = Signal()
      let words: [String] = try await client.bidirectionalStreaming(EchoService.echo) {
        (requests: RequestWriter<Text>) in
        try await requests.write(Text("ping"))
        await heard.wait()
        try await requests.write(Text("pong"))
      } receive: { (responses: ResponseStream<Text>) in
        var words: [String] = []
        for try await response in responses {
          words.append(response.text)
          heard.fire()
        }
        return words
      }
      #expect(words == ["ping", "pong"])
    }
  }

  @Test func `a task may run where its client's bytes come and go`() async throws {
    try await withClient { client in
      let threads = try await withTaskExecutorPreference(client.taskExecutor) {
        var threads = Set([pthread_self()])
        for _ in 0 ..< 10 {
          let response: Text = try await client.unary(EchoService.unary, Text("hi"))
          #expect(response.text == "hi")
          threads.insert(pthread_self())
        }
        return threads.count
      }
      #expect(threads == 1)
    }
  }

  @Test func `many calls share a connection, each with its own responses`() async throws {
    try await withClient { client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0 ..< 200 {
          group.addTask {
            let text = "call \(number)"
            let response: Text = try await client.unary(EchoService.unary, Text(text))
            #expect(response.text == text)
            let responses: ResponseStream<Text> = try await client.serverStreaming(
              EchoService.repeated,
              Text(text)
            )
            #expect(try await responses.allSatisfy { $0.text == text })
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func `a handler knows the call's method, metadata, deadline and peer`() async throws {
    let contexts = AsyncStream.makeStream(of: CallContext.self)
    let methods: [Identifier: MethodHandler] = [
      "Unary": .unary { (request: Text, context) in
        contexts.continuation.yield(context)
        return request
      }
    ]
    try await withClient(methods) { client in
      let options = CallOptions(
        timeout: .seconds(3600),
        metadata: ["Authorization": "Bearer x", "trace": "ü"]
      )
      let _: Text = try await client.unary(EchoService.unary, Text("hi"), options: options)
    }
    var iterator = contexts.stream.makeAsyncIterator()
    let context = try #require(await iterator.next())
    #expect(context.method == EchoService.unary)
    #expect(context.metadata["authorization"] == "Bearer x")
    #expect(context.metadata["TRACE"] == "ü")
    let timeLeft = try #require(context.deadline) - .now
    #expect(timeLeft > .zero && timeLeft <= .seconds(3600))
    #expect(context.peer.hasPrefix("127.0.0.1:"))
    #expect(context.peerAddress == "127.0.0.1")
  }

  @Test func `a call without a timeout has no deadline`() async throws {
    let methods: [Identifier: MethodHandler] = [
      "Unary": .unary { (_: Text, context) in Text(context.deadline == nil ? "none" : "some") }
    ]
    try await withClient(methods) { client in
      let response: Text = try await client.unary(EchoService.unary, Text(""))
      #expect(response.text == "none")
    }
  }

  @Test(arguments: CallError.Code.allCases)
  func `an error of the handler reaches the caller`(code: CallError.Code) async throws {
    let error = CallError(code, "because of ünicode")
    let methods: [Identifier: MethodHandler] = [
      "Unary": .unary { (_: Text, _) -> Text in throw error },
      "Repeat": .serverStreaming { (request: Text, responses: ResponseWriter<Text>, _) in
        try await responses.write(request)
        throw error
      },
    ]
    try await withClient(methods) { client in
      await #expect(throws: error) {
        let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      }
      let responses: ResponseStream<Text> = try await client.serverStreaming(
        EchoService.repeated,
        Text("hi")
      )
      var iterator = responses.makeAsyncIterator()
      #expect(try await iterator.next()?.text == "hi")
      await #expect(throws: error) { try await iterator.next() }
    }
  }

  @Test func `what else a handler throws stays in the server's log`() async throws {
    struct Secret: Error {}
    let methods: [Identifier: MethodHandler] = [
      "Unary": .unary { (_: Text, _) -> Text in throw Secret() }
    ]
    try await withClient(methods) { client in
      _ = await #expect(throws: CallError(.internal, "The server failed; its log says why")) {
        let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      }
    }
  }

  @Test func `a handler may answer before the client has sent all`() async throws {
    let methods: [Identifier: MethodHandler] = [
      "Join": .clientStreaming { (_: RequestStream<Text>, _) in Text("enough") }
    ]
    try await withClient(methods) { client in
      let response: Text = try await client.clientStreaming(EchoService.join) {
        (_: RequestWriter<Text>) in await untilCancelled()
      }
      #expect(response.text == "enough")
    }
  }

  @Test func `a caller that is cancelled does not wait`() async throws {
    let isServed = Signal()
    let methods: [Identifier: MethodHandler] = [
      "Unary": .unary { (request: Text, _) in
        isServed.fire()
        await untilCancelled()
        return request
      }
    ]
    try await withClient(methods) { client in
      await withThrowingTaskGroup(of: Text.self) { group in
        group.addTask { try await client.unary(EchoService.unary, Text("hi")) }
        await isServed.wait()
        group.cancelAll()
        let error = await #expect(throws: CallError.self) { try await group.next() }
        #expect(error?.code == .cancelled)
      }
    }
  }
}
