import Concurrency
import Foundation
import Listening
import NIOCore
import NIOHTTP1
import Testing

@testable import LambdaRuntime

@Suite(.timeLimit(.minutes(1))) struct LambdaRuntimeTests {
  private static let streaming = LambdaRuntime.Configuration(responseMode: .streaming)

  // MARK: Buffered

  @Test func `an event's request is sent to the server, and its answer brought back`() async throws
  {
    try await withFunction { request in
      let fields = ["x-address", "x-request-id", "x-amzn-trace-id", "host"].map {
        request.field($0) ?? ""
      }
      return .answer("\(request.head.uri) \(request.text) \(fields)".utf8)
    } _: { api, _ in
      api.invoke("1", event(body: #"{"prompt":"Hi"}"#))
      let answer = try await api.brought("1/response")
      #expect(
        answer.text == #"""
          {"statusCode":200,"headers":{"content-type":"text/plain"},\#
          "body":"/generate {\"prompt\":\"Hi\"} [\"203.0.113.7\", \"1\", \"Root=1-abc\", \#
          \"a.lambda-url.eu-west-1.on.aws\"]","isBase64Encoded":false}
          """#
      )
    }
  }

  @Test func `a client cannot say what only the function may`() async throws {
    try await withFunction { request in
      .answer("\(request.head.headers["x-address"]) \(request.head.headers["x-timeout"])".utf8)
    } _: { api, _ in
      api.invoke(
        "1",
        #"""
        {"httpMethod": "GET", "path": "/", "headers": {"X-Address": "10.0.0.1", "x-timeout": "9"},
         "requestContext": {"identity": {"sourceIp": "203.0.113.7"}}}
        """#
      )
      let answer = try await api.brought("1/response")
      #expect(answer.text.contains(#"[\"203.0.113.7\"] []"#))
    }
  }

  @Test func `an event that is no request is answered with an error, and the next one served`()
    async throws
  {
    try await withFunction { _ in
      .answer("fine".utf8)
    } _: { api, _ in
      api.invoke("1", #"{"key1": "value1"}"#)
      api.invoke("2", event())
      let error = try await api.brought("1/error")
      #expect(error.errorType == "Tokenwire.WrongEvent")
      #expect(error.text.contains(#""errorType":"Tokenwire.WrongEvent","stackTrace":[]"#))
      let brought = try await api.brought("2/response")
      #expect(brought.text.contains("fine"))
    }
  }

  @Test func `a server that breaks off is a bad gateway`() async throws {
    try await withFunction { _ in
      [.head(.ok, ["content-length": "9"]), .body(Array("half".utf8)), .close]
    } _: { api, _ in
      api.invoke("1", event())
      let brought = try await api.brought("1/response")
      #expect(brought.text.contains(#""statusCode":502"#))
    }
  }

  @Test func `an answer that is refused is told as an error, and the next event served`()
    async throws
  {
    try await withFunction { _ in
      .answer("large".utf8)
    } _: { api, _ in
      api.store.state.update { $0.status = .payloadTooLarge }
      api.invoke("1", event())
      let brought = try await api.brought("1/error")
      #expect(brought.errorType == "Tokenwire.AnswerRefused")
      api.store.state.update { $0.status = .accepted }
      api.invoke("2", event())
      let next = try await api.brought("2/response")
      #expect(next.text.contains("large"))
    }
  }

  @Test(arguments: [LambdaRuntime.ResponseMode.buffered, .streaming])
  func `an answer whose connection breaks is told as an error, and the next event served`(
    mode: LambdaRuntime.ResponseMode
  ) async throws {
    try await withFunction(LambdaRuntime.Configuration(responseMode: mode)) { _ in
      Self.slowAnswer
    } _: { api, _ in
      api.store.state.update { $0.refusal = [.close] }
      api.invoke("1", event())
      let brought = try await api.brought("1/error")
      #expect(brought.errorType == "Tokenwire.AnswerRefused")
      api.invoke("2", event())
      let next = try await api.brought("2/response")
      #expect(next.text.contains("piece"))
    }
  }

  @Test func `events beside one whose connection breaks are answered`() async throws {
    try await withFunction(LambdaRuntime.Configuration(concurrency: 2)) { request in
      request.text == "first" ? .answer("broken".utf8) : Self.slowAnswer
    } _: { api, _ in
      api.invoke("2", event(body: "second"))
      await api.store.state.waitUnlessCancelled { $0.given == 1 }
      api.store.state.update { $0.refusal = [.close] }
      api.invoke("1", event(body: "first"))
      _ = try await api.brought("1/error")
      let beside = try await api.brought("2/response")
      #expect(beside.text.contains("piece"))
    }
  }

  @Test func `why a stream is refused is known before its end`() async throws {
    try await withFunction(Self.streaming) { _ in
      Self.slowAnswer
    } _: { api, _ in
      api.store.state.update {
        $0.refusal = [.head(.payloadTooLarge, ["content-length": "0"]), .end, .close]
      }
      api.invoke("1", event())
      let brought = try await api.brought("1/error")
      #expect(brought.text.contains("413"))
    }
  }

  /// Pieces with pauses between them, in which a connection that has broken is noticed.
  private static let slowAnswer: [FakeServer.Step] =
    [.head(.ok, ["content-type": "text/plain", "transfer-encoding": "chunked"])]
    + Array(repeating: [.body(Array("piece ".utf8)), .pause(.milliseconds(10))], count: 30).flatMap
  {
    $0
  } + [.end]

  // MARK: Deadlines

  @Test func `the server is told how long there is`() async throws {
    try await withFunction { request in
      .answer((request.field("x-timeout") ?? "").utf8)
    } _: { api, _ in
      api.invoke("1", event(), time: .seconds(60))
      let answer = try await api.brought("1/response").text
      let time = try #require(answer.firstMatch(of: /"body":"(\d+)"/)?.1)
      #expect(1 ... 59_500 ~= (Int(time) ?? 0))
    }
  }

  @Test(arguments: [LambdaRuntime.ResponseMode.buffered, .streaming])
  func `a server that does not answer in time is not waited for`(
    mode: LambdaRuntime.ResponseMode
  ) async throws {
    try await withFunction(LambdaRuntime.Configuration(responseMode: mode)) { _ in
      [.pause(.seconds(30))]
    } _: { api, _ in
      api.invoke("1", event(), time: .seconds(5))
      let answer = try await api.brought("1/response")
      #expect(answer.text.contains(#""statusCode":504"#))
      #expect(answer.text.contains("The function's time is over"))
    }
  }

  @Test func `a deadline that has passed is answered at once`() async throws {
    try await withFunction { _ in
      [.pause(.seconds(30))]
    } _: { api, _ in
      api.invoke("1", event(), time: .seconds(-5))
      let brought = try await api.brought("1/response")
      #expect(brought.text.contains(#""statusCode":504"#))
    }
  }

  // MARK: Streaming

  @Test func `an answer is streamed as it comes`() async throws {
    try await withFunction(Self.streaming) { _ in
      [
        .head(.ok, ["content-type": "text/event-stream", "transfer-encoding": "chunked"]),
        .body(Array("data: 1\n\n".utf8)), .pause(.milliseconds(50)),
        .body(Array("data: 2\n\n".utf8)),
        .end,
      ]
    } _: { api, _ in
      api.invoke("1", event())
      let answer = try await api.brought("1/response")
      #expect(
        answer.text == #"{"statusCode":200,"headers":{"content-type":"text/event-stream"}}"#
          + String(repeating: "\0", count: 8) + "data: 1\n\ndata: 2\n\n"
      )
      let head = answer.request
      #expect(head.field("lambda-runtime-function-response-mode") == "streaming")
      #expect(head.field("content-type") == "application/vnd.awslambda.http-integration-response")
      #expect(head.field("transfer-encoding") == "chunked")
      #expect(answer.request.trailers?.isEmpty != false)
    }
  }

  @Test func `a load balancer gets a whole answer where others are streamed`() async throws {
    let event =
      #"{"httpMethod": "GET", "path": "/", "headers": {}, "requestContext": {"elb": {}}}"#
    try await withFunction(Self.streaming) { _ in
      .answer("whole".utf8)
    } _: { api, _ in
      api.invoke("1", event)
      let brought = try await api.brought("1/response")
      #expect(
        brought.text == #"""
          {"statusCode":200,"statusDescription":"200 OK","headers":{"content-type":"text/plain"},\#
          "body":"whole","isBase64Encoded":false}
          """#
      )
    }
  }

  @Test func `an answer that a load balancer would not take is a bad gateway`() async throws {
    let event =
      #"{"httpMethod": "GET", "path": "/", "headers": {}, "requestContext": {"elb": {}}}"#
    try await withFunction { _ in
      .answer(String(repeating: "x", count: 1 << 20).utf8)
    } _: { api, _ in
      api.invoke("1", event)
      let brought = try await api.brought("1/response")
      #expect(brought.text.contains(#""statusCode":502"#))
      #expect(brought.text.contains("of which a load balancer takes 1048576"))
    }
  }

  @Test func `an answer that breaks off ends with an error in the trailer`() async throws {
    try await withFunction(Self.streaming) { _ in
      [
        .head(.ok, ["transfer-encoding": "chunked"]), .body(Array("data: 1\n\n".utf8)),
        .pause(.milliseconds(20)), .close,
      ]
    } _: { api, _ in
      api.invoke("1", event())
      let answer = try await api.brought("1/response")
      #expect(answer.text.hasSuffix("data: 1\n\n"))
      let trailers = try #require(answer.request.trailers)
      #expect(trailers["lambda-runtime-function-error-type"] == ["Tokenwire.Server"])
      let body = try #require(trailers.first(name: "lambda-runtime-function-error-body"))
      let error = String(decoding: try #require(Data(base64Encoded: body)), as: UTF8.self)
      #expect(error.contains(#""errorType":"Tokenwire.Server""#))
    }
  }

  @Test func `a deadline in the middle of a stream is in the trailer`() async throws {
    try await withFunction(Self.streaming) { _ in
      [.head(.ok, ["transfer-encoding": "chunked"]), .body([65]), .pause(.seconds(30))]
    } _: { api, _ in
      api.invoke("1", event(), time: .seconds(2))
      let answer = try await api.brought("1/response")
      #expect(
        answer.request.trailers?["lambda-runtime-function-error-type"] == ["Tokenwire.Deadline"]
      )
    }
  }

  // MARK: Beginning and end

  @Test func `events are asked for when the server is ready`() async throws {
    try await withFunction(isReady: false) { _ in
      .answer("fine".utf8)
    } _: { api, runtime in
      api.invoke("1", event())
      try await Task.sleep(for: .milliseconds(50))
      #expect(!runtime.hasBegun)
      runtime.becomeReady()
      let brought = try await api.brought("1/response")
      #expect(brought.text.contains("fine"))
    }
  }

  @Test func `a server that takes long has its first event wait`() async throws {
    let configuration = LambdaRuntime.Configuration(startPatience: .milliseconds(20))
    try await withFunction(configuration, isReady: false) { _ in
      .answer("fine".utf8)
    } _: { api, runtime in
      api.invoke("1", event(), time: .seconds(60))
      await api.store.state.waitUnlessCancelled { $0.given == 1 }
      runtime.becomeReady()
      let brought = try await api.brought("1/response")
      #expect(brought.text.contains("fine"))
    }
  }

  @Test func `the patience with a start counts from the process's`() async throws {
    // Longer than the test may take, but over.
    let configuration = LambdaRuntime.Configuration(
      start: .now - .seconds(3600),
      startPatience: .seconds(3600)
    )
    try await withFunction(configuration, isReady: false) { _ in
      .answer("fine".utf8)
    } _: { api, runtime in
      api.invoke("1", event())
      await api.store.state.waitUnlessCancelled { $0.given == 1 }
      runtime.becomeReady()
      let brought = try await api.brought("1/response")
      #expect(brought.text.contains("fine"))
    }
  }

  @Test func `an event that waits for a server hears that it does not start`() async throws {
    let configuration = LambdaRuntime.Configuration(startPatience: .milliseconds(20))
    try await withFunction(configuration, isReady: false) { _ in
      []
    } _: { api, runtime in
      api.invoke("1", event())
      await api.store.state.waitUnlessCancelled { $0.given == 1 }
      // It is on its way: one that has not arrived is not taken any more.
      try await Task.sleep(for: .milliseconds(500))
      runtime.stop(ReportedError("Start", "The model is broken"))
      let error = try await api.brought("1/error")
      #expect(error.text.contains("The model is broken"))
    }
  }

  @Test func `an event that waits for a server hears that the function stops`() async throws {
    let configuration = LambdaRuntime.Configuration(startPatience: .milliseconds(20))
    try await withFunction(configuration, isReady: false) { _ in
      []
    } _: { api, runtime in
      // Longer than the test may take.
      api.invoke("1", event(), time: .seconds(3600))
      await api.store.state.waitUnlessCancelled { $0.given == 1 }
      // It is on its way: one that has not arrived is not taken any more.
      try await Task.sleep(for: .milliseconds(500))
      runtime.stop()
      let brought = try await api.brought("1/response")
      #expect(brought.text.contains("\"statusCode\":503"))
      #expect(brought.text.contains("is being stopped"))
    }
  }

  @Test func `an event waits for a server as long as it has time`() async throws {
    let configuration = LambdaRuntime.Configuration(startPatience: .zero)
    try await withFunction(configuration, isReady: false) { _ in
      []
    } _: { api, _ in
      api.invoke("1", event(), time: .milliseconds(300))
      let brought = try await api.brought("1/response")
      #expect(brought.text.contains("still being loaded"))
    }
  }

  @Test func `an error of the start is told`() async throws {
    let api = try await FakeRuntimeAPI.start()
    let client = try #require(RuntimeAPI("\(api.server.endpoint)"))
    try await client.failInit(ReportedError("Start", "There is no model"))
    let error = try await api.brought("init/error")
    #expect(error.errorType == "Tokenwire.Start")
    #expect(
      error.text
        == #"{"errorMessage":"There is no model","errorType":"Tokenwire.Start","stackTrace":[]}"#
    )
    await api.server.stop()
  }

  @Test func `stopping lets the event that runs be answered, and takes no more`() async throws {
    let hasBegun = Monitor(false)
    try await withFunction { _ in
      hasBegun.update { $0 = true }
      return [.pause(.milliseconds(100))] + .answer("whole".utf8)
    } _: { api, runtime in
      api.invoke("1", event())
      await hasBegun.waitUnlessCancelled { $0 }
      runtime.stop()
      let brought = try await api.brought("1/response")
      #expect(brought.text.contains("whole"))
    }
  }

  @Test func `a Runtime API that goes away ends the function`() async throws {
    let api = try await FakeRuntimeAPI.start()
    let runtime = try function(.init(), api, Endpoint(host: "127.0.0.1", port: 1))
    runtime.becomeReady()
    let run = Task { try await runtime.run() }
    try await Task.sleep(for: .milliseconds(50))
    await api.server.stop()
    let error = await #expect(throws: LambdaError.self) { try await run.value }
    #expect(error?.message.contains("does not answer") == true)
  }

  @Test(arguments: ["", "127.0.0.1", "127.0.0.1:0", "http://127.0.0.1:9001"])
  func `what is no address of the Runtime API is none`(address: String) {
    #expect(RuntimeAPI(address) == nil)
  }

  // MARK: Concurrency

  @Test func `so many events are answered beside each other`() async throws {
    let running = Monitor(0)
    try await withFunction(LambdaRuntime.Configuration(concurrency: 3)) { _ in
      running.update { $0 += 1 }
      await running.waitUnlessCancelled { $0 >= 3 }
      return .answer("together".utf8)
    } _: { api, _ in
      for id in 1 ... 3 { api.invoke("\(id)", event()) }
      for id in 1 ... 3 {
        let brought = try await api.brought("\(id)/response")
        #expect(brought.text.contains("together"))
      }
    }
  }
}
