import NIOCore
import Protobuf
import Testing
import TokenwireAPI

/// What is wrong is said in a sentence, with its place.
@Suite struct JSONErrorTests {
  @Test(arguments: [
    (
      #"{"messages":{"messages":[{},{},{"role":5}]}}"#,
      "messages.messages[2].role is 5, but must be a string"
    ),
    ("[]", "the message is an array, but must be an object"),
    ("null", "the message is null, but must be an object"),
    (#"{"max_tokns":1}"#, #"the message has no field "max_tokns": did you mean max_tokens?"#),
    (#"{"xyz":1}"#, #"the message has no field "xyz""#),
    (
      #"{"sampling":{"temprature":1}}"#,
      #"sampling has no field "temprature": did you mean temperature?"#
    ),
    (#"{"max_tokens":1,"maxTokens":1}"#, "max_tokens is set twice"),
    (#"{"max_tokens":null,"maxTokens":1}"#, "max_tokens is set twice"),
    (
      #"{"model":"a","model":"b"}"#,
      "the JSON cannot be read: the name at offset 13 is a duplicate"
    ),
    (
      #"{"prompt":"a","messages":{}}"#,
      "prompt and messages are both set: set one of them"
    ),
    (
      #"{"grammar":"a","jsonSchema":"b"}"#,
      "grammar and json_schema are both set: set one of them"
    ),
    (
      #"{"max_tokens":"many"}"#,
      #"max_tokens is "many", but must be an integer from -2147483648 to 2147483647"#
    ),
    (
      #"{"max_tokens":1.5}"#,
      "max_tokens is 1.5, but must be an integer from -2147483648 to 2147483647"
    ),
    (
      #"{"max_tokens":[1]}"#,
      "max_tokens is an array, but must be an integer from -2147483648 to 2147483647"
    ),
    (
      #"{"sampling":{"seed":-1}}"#,
      "sampling.seed is -1, but must be an integer from 0 to 4294967295"
    ),
    (
      #"{"sampling":{"logit_bias":[{"bias":true}]}}"#,
      "sampling.logit_bias[0].bias is true, but must be a number from -3.4028235e+38 to "
        + #"3.4028235e+38, "NaN", "Infinity" or "-Infinity""#
    ),
    (#"{"stop":["a",null]}"#, "stop[1] is null, but must be a string"),
    (#"{"stop":"a"}"#, #"stop is "a", but must be an array"#),
    (#"{"metadata":{"a":"1","b":2}}"#, #"metadata["b"] is 2, but must be a string"#),
    (#"{"metadata":[]}"#, "metadata is an array, but must be an object"),
    (#"{"echo":"true"}"#, #"echo is "true", but must be true or false"#),
    (#"{"echo":1}"#, "echo is 1, but must be true or false"),
    (
      #"{"prompt_token_ids":{"ids":[1,2,"x"]}}"#,
      #"prompt_token_ids.ids[2] is "x", but must be an integer from -2147483648 to 2147483647"#
    ),
    (#"{"model":{"a":{}}}"#, "model is an object, but must be a string"),
    ("", "the JSON cannot be read: it ends too early"),
    (#"{"model":"m"} {}"#, "the JSON cannot be read: the byte at offset 14 cannot be there"),
    (#"{"model":truth}"#, "the JSON cannot be read: the byte at offset 12 cannot be there"),
  ])
  func `a request that is wrong is told where`(json: String, sentence: String) {
    #expect(throws: MessageError(sentence)) {
      try GenerateRequest(json: Array(json.utf8))
    }
  }

  @Test(arguments: [
    (#"{"finish_reason":"LENGTH"}"#, #""LENGTH""#), (#"{"finish_reason":true}"#, "true"),
  ])
  func `the names of an enum are told`(json: String, value: String) {
    let error = #expect(throws: MessageError.self) { try Finished(json: Array(json.utf8)) }
    #expect(
      error?.message
        == "finish_reason is \(value), but must be FINISH_REASON_UNSPECIFIED, FINISH_REASON_STOP, "
        + "FINISH_REASON_STOP_SEQUENCE, FINISH_REASON_LENGTH, FINISH_REASON_CONTEXT_LENGTH, "
        + "FINISH_REASON_CANCELLED, FINISH_REASON_DEADLINE, FINISH_REASON_ERROR, "
        + "FINISH_REASON_TOOL_CALLS or FINISH_REASON_CONTENT_FILTER"
    )
  }

  @Test(arguments: ["A", "AA=", "A===", "AQ=A", "AB", "A B=", "Ä"])
  func `what is not base64 is told`(text: String) {
    #expect(
      throws: MessageError("token is \"\(text)\", but must be a string of base64")
    ) { try Logprob(json: Array("{\"token\":\"\(text)\"}".utf8)) }
  }

  @Test(arguments: [#"123456"#, #"["eyJhbGciOi"]"#, #"{"eyJhbGciOi":1}"#, "true"])
  func `a secret is never told`(value: String) {
    #expect(throws: MessageError("access_token must be a string")) {
      try GenerateRequest(json: Array(#"{"access_token":\#(value)}"#.utf8))
    }
    #expect(throws: MessageError("access_token must be a string")) {
      try QueryLogsRequest(json: Array(#"{"accessToken":\#(value)}"#.utf8))
    }
    // It is over with the field.
    #expect(throws: MessageError("model is 5, but must be a string")) {
      try GenerateRequest(json: Array(#"{"access_token":"x","model":5}"#.utf8))
    }
  }

  @Test func `long values and names are not repeated`() {
    let long = String(repeating: "9", count: 300)
    for (json, word) in [(long, "number"), ("\"\(long)\"", "string")] {
      let error = #expect(throws: MessageError.self) {
        try GenerateRequest(json: Array("{\"max_tokens\":\(json)}".utf8))
      }
      #expect(error?.message.utf8.starts(with: "max_tokens is a long \(word), but".utf8) == true)
    }
    let name = String(repeating: "ä", count: 300)
    let shortened = String(repeating: "ä", count: 20)
    #expect(throws: MessageError("the message has no field \"\(shortened)...\"")) {
      try GenerateRequest(json: Array("{\"\(name)\":1}".utf8))
    }
  }

  @Test func `secrets are those of the proto`() {
    var secrets: [String] = []
    for (name, type) in apiMessages {
      secrets += type.fields.filter(\.isSecret).map { "\(name).\($0.name) = \($0.number)" }
    }
    #expect(
      secrets.sorted() == [
        "EraseLogsRequest.access_token = 2", "GenerateRequest.access_token = 12",
        "LogRequestRequest.access_token = 7", "QueryLogsRequest.access_token = 9",
      ]
    )
  }
}
