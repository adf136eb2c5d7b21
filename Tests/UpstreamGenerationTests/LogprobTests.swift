import Generation
import Testing
import UpstreamGeneration

/// Probabilities that are no numbers.
@Suite struct LogprobTests {
  private func logprobs(_ logprobs: String) async throws -> [TokenLogprobs] {
    var request = GenerationRequest.chat()
    request.logprobs = 2
    let (answer, _) = try await answer(to: request, kind: .compatible) { _ in
      .answer(
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"logprobs\":\(logprobs)}]}\n\n"
          + Events.chunk("{}", finish: "stop") + Events.done
      )
    }
    #expect(answer.error == nil)
    return answer.logprobs
  }

  private func logprob(_ text: String, _ logprob: Float) -> Logprob {
    Logprob(tokenID: -1, token: Array(text.utf8), logprob: logprob)
  }

  @Test(arguments: ["-Infinity", "NaN", "null", "-1e999", "-1e100"])
  func `what is no probability is a very low one`(number: String) async throws {
    let chat = try await self.logprobs(#"{"content":[{"token":"a","logprob":\#(number)}]}"#)
    #expect(chat == [TokenLogprobs(chosen: self.logprob("a", -9999), top: [])])
    let completion = try await self.logprobs(#"{"tokens":["a"],"token_logprobs":[\#(number)]}"#)
    #expect(completion == [TokenLogprobs(chosen: self.logprob("a", -9999), top: [])])
  }

  @Test func `no probability is over one`() async throws {
    let logprobs = try await self.logprobs(#"{"content":[{"token":"a","logprob":Infinity}]}"#)
    #expect(logprobs == [TokenLogprobs(chosen: self.logprob("a", 0), top: [])])
  }

  @Test(arguments: [
    #"{"content":[{"token":"a","logprob":-1,"top_logprobs":[{"token":"b","logprob":null},"#
      + #"{"token":"c"},{"token":"a","logprob":-1},{"token":"d","logprob":-Infinity}]}]}"#,
    #"{"tokens":["a"],"token_logprobs":[-1],"#
      + #""top_logprobs":[{"b":null,"d":-Infinity,"a":-1,"c":NaN}]}"#,
  ])
  func `an alternative without a probability is none`(json: String) async throws {
    let logprobs = try await self.logprobs(json)
    #expect(
      logprobs == [
        TokenLogprobs(
          chosen: self.logprob("a", -1),
          top: [self.logprob("a", -1), self.logprob("d", -9999)]
        )
      ]
    )
  }

  @Test func `llama-server is asked for one alternative, which callers do not get`() async throws {
    let token = #"{"token":"a","logprob":-1,"top_logprobs":[{"token":"b","logprob":-2}]}"#
    let body =
      #"data: {"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[\#(token)]}}]}"#
      + "\n\n" + Events.chunk("{}", finish: "stop") + Events.usage(3, 1) + Events.done
    var request = GenerationRequest.chat()
    request.logprobs = 0
    let (answer, requests) = try await answer(to: request, kind: .llamaServer) { _ in .answer(body)
    }
    #expect(requests[0].body.contains(#""top_logprobs":1"#))
    #expect(answer.logprobs.map(\.chosen.logprob) == [-1])
    #expect(answer.logprobs.first?.top.isEmpty == true)
  }
}
