import NIOCore

/// Callers who ask for what costs a server much before a model sees it, and go away: large texts to
/// count, schemas and grammars that are hard to compile or to follow.
///
/// With a scripted generator the server refuses most of it; `--server` has one with a model.
struct CostlyInputs: Attack {
  let name = "costly inputs"

  /// One call, as a field of its request that has most of the cost.
  private struct Input {
    var method = "Generate"
    var field: UInt64
    var text: String

    static func counted(_ text: String) -> Input {
      Input(method: "CountTokens", field: 2, text: text)
    }

    static func schema(_ text: String) -> Input { Input(field: 10, text: text) }

    static func grammar(_ text: String) -> Input { Input(field: 11, text: text) }
  }

  private static let inputs: [Input] = [
    .counted(String(repeating: "word and then some ", count: 100_000)),
    .counted(String(repeating: "<|im_start|>", count: 100_000)),
    .counted(String(repeating: "a", count: 1_000_000)),
    .counted(String(repeating: " ", count: 1_000_000)),
    .counted(String(repeating: " \t\n", count: 300_000)),
    .schema(#"{"items":"# * 60 + "{}" + "}" * 60),
    .schema(#"{"properties":{""# + "a" * 30_000 + #"":{}},"additionalProperties":true}"#),
    .schema(#"{"enum":["# + (0 ..< 8_000).map { "\"value \($0)\"" }.joined(separator: ",") + "]}"),
    .schema(#"{"type":"string","pattern":"^([a-z]{1,20}[0-9]{1,20}){1,200}$"}"#),
    .grammar(#"root ::= (("a" | "b" | [a-z])* ("c" | [^x])*)* "z""#),
    .grammar("root ::= " + #"("a"? "# * 2_000 + #""b""# + ")" * 2_000),
    .grammar(
      "root ::= [^" + (0x4E00 ..< 0x5E00).map { "\\u" + String($0, radix: 16) }.joined() + "]*"
    ),
  ]

  func attack(_ target: Target) async throws {
    await withTaskGroup { group in
      for input in Self.inputs {
        group.addTask { try? await self.ask(input, target) }
      }
    }
  }

  private func ask(_ input: Input, _ target: Target) async throws {
    try await target.withConnection { connection in
      var request = ByteBuffer()
      if input.method == "Generate" {
        request.writeField(2, ByteBuffer(string: "Give an example."))
        request.writeTag(6, wireType: 0)
        request.writeVarint(20)
      }
      request.writeField(input.field, ByteBuffer(string: input.text))
      var frames = ByteBuffer()
      frames.writeCall(input.method, request)
      try await connection.send(frames)
      try await connection.waitForEnd(atMost: 2)
    }
  }
}

/// Repeats a text.
private func * (text: String, count: Int) -> String {
  String(repeating: text, count: count)
}
