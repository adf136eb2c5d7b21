import NIOCore
import Protobuf
import Testing
import TokenwireAPI

/// What is written, where there is a choice.
@Suite struct JSONStyleTests {
  @Test func `fields that have their default are left out, or not`() {
    let response = GenerateResponse(
      event: .finished(Finished(finishReason: .contextLength, usage: Usage(promptTokens: 2)))
    )
    #expect(
      response.json()
        == #"{"finished":{"finish_reason":"FINISH_REASON_CONTEXT_LENGTH","usage":{"prompt_tokens":2}}}"#
    )
    #expect(
      response.json(JSONStyle(printsDefaults: true, enumNames: .short))
        == #"{"seq":0,"completion_tokens":0,"finished":{"finish_reason":"context_length","#
        + #""matched_stop":"","usage":{"prompt_tokens":2,"completion_tokens":0,"cached_tokens":0,"#
        + #""reasoning_tokens":0,"source":"unspecified"},"incomplete":false,"index":0}}"#
    )
    #expect(GenerateRequest().json() == "{}")
    #expect(AbortResponse().json(JSONStyle(printsDefaults: true)) == "{}")
  }

  @Test func `what is there is written though it is the default of others`() {
    let request = GenerateRequest(
      input: .prompt(""),
      sampling: SamplingOptions(temperature: 0),
      maxTokens: 0,
      logprobs: 0
    )
    #expect(
      request.json() == #"{"prompt":"","sampling":{"temperature":0.0},"max_tokens":0,"logprobs":0}"#
    )
  }

  @Test func `a value of an enum that has no name is a number`() {
    let finished = Finished(finishReason: FinishReason(rawValue: 99))
    #expect(finished.json() == #"{"finish_reason":99}"#)
    #expect(finished.json(JSONStyle(enumNames: .short)) == #"{"finish_reason":99}"#)
    #expect(
      HealthCheckResponse(status: .notServing).json(JSONStyle(enumNames: .short))
        == #"{"status":"not_serving"}"#
    )
  }

  @Test func `bytes are base64, and floats the shortest text`() {
    let logprob = Logprob(tokenID: 1, token: ByteBuffer(bytes: [0xFF, 0xEF]), logprob: -0.1)
    #expect(logprob.json() == #"{"token_id":1,"token":"/+8=","logprob":-0.1}"#)
    let sampling = SamplingOptions(temperature: .infinity, topP: .nan, minP: 1e-5)
    #expect(sampling.json() == #"{"temperature":"Infinity","top_p":"NaN","min_p":1e-05}"#)
  }

  @Test func `texts are written with short escapes`() {
    #expect(
      ChatMessage(content: "\u{0}\u{8}\t\n\u{C}\r\u{1F}\"\\/é\u{2028}").json()
        == #"{"content":"\u0000\b\t\n\f\r\u001f\"\\/é\#u{2028}"}"#
    )
  }
}
