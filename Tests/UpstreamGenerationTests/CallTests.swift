import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// Which call of a tool a piece of an answer belongs to.
@Suite struct CallTests {
  /// A chunk with these calls, as JSON.
  private static func chunk(_ calls: String...) -> String {
    Events.chunk("{\"tool_calls\":[\(calls.joined(separator: ","))]}")
  }

  private static func call(
    _ name: String? = nil,
    _ arguments: String,
    id: String? = nil,
    index: Int? = nil
  ) -> String {
    let escaped = arguments.replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    let members =
      (index.map { "\"index\":\($0)," } ?? "") + (id.map { "\"id\":\"\($0)\"," } ?? "")
    let name = name.map { "\"name\":\"\($0)\"," } ?? ""
    return "{\(members)\"function\":{\(name)\"arguments\":\"\(escaped)\"}}"
  }

  private static let end = Events.chunk("{}", finish: "tool_calls") + Events.done

  private func calls(_ body: String) async throws -> [ToolCall] {
    let (answer, _) = try await answer(kind: .compatible) { _ in .answer(body) }
    #expect(answer.error == nil)
    #expect(answer.finished.map(\.isIncomplete) == [false])
    #expect(answer.finished.map(\.reason) == [.toolCalls])
    return answer.calls
  }

  @Test(arguments: ["", "\n"], [true, false])
  func `a name in each piece is of one call`(last: String, hasIDs: Bool) async throws {
    let pieces = ["{\"query\": ", "\"x\"", "}", last].enumerated().map { number, arguments in
      Self.chunk(Self.call("f", arguments, id: hasIDs ? "c\(number)" : nil, index: 0))
    }
    let calls = try await self.calls(pieces.joined() + Self.end)
    #expect(calls.map(\.arguments) == ["{\"query\": \"x\"}"])
  }

  @Test func `a name in each piece without a number is of one call`() async throws {
    let pieces = ["", "{\"query\": ", "\"x\"}", ""].map { Self.chunk(Self.call("f", $0)) }
    let calls = try await self.calls(pieces.joined() + Self.end)
    #expect(calls.map(\.arguments) == ["{\"query\": \"x\"}"])
  }

  @Test func `an id for each piece is of one call, also when the first is empty`() async throws {
    let pieces = ["", "{\"query\": ", "\"x\"}"].enumerated().map { number, arguments in
      Self.chunk(Self.call("f", arguments, id: "c\(number)", index: 0))
    }
    let calls = try await self.calls(pieces.joined() + Self.end)
    #expect(calls == [ToolCall(id: "c0", name: "f", arguments: "{\"query\": \"x\"}")])
  }

  @Test func `calls of one tool may all have one number`() async throws {
    let body =
      Self.chunk(Self.call("f", "", id: "a", index: 0))
      + Self.chunk(Self.call(nil, "{\"x\":1}", index: 0))
      + Self.chunk(Self.call("f", "", id: "b", index: 0))
      + Self.chunk(Self.call(nil, "{\"x\":", index: 0)) + Self.chunk(Self.call(nil, "2}", index: 0))
    let calls = try await self.calls(body + Self.end)
    #expect(
      calls == [
        ToolCall(id: "a", name: "f", arguments: "{\"x\":1}"),
        ToolCall(id: "b", name: "f", arguments: "{\"x\":2}"),
      ]
    )
  }

  @Test(arguments: [
    // By their ids, and in another order.
    chunk(call("f", "{\"x\":", id: "a"), call("g", "{\"y\":", id: "b"))
      + chunk(call(nil, "2}", id: "b"), call(nil, "1}", id: "a")),
    // With the names again.
    chunk(call("f", "{\"x\":", id: "a"), call("g", "{\"y\":", id: "b"))
      + chunk(call("f", "1}", id: "a"), call("g", "2}", id: "b")),
    // By their order.
    chunk(call("f", "{\"x\":", id: "a"), call("g", "{\"y\":", id: "b"))
      + chunk(call(nil, "1}"), call(nil, "2}")),
    // The first one's pieces, then those of the second.
    chunk(call("f", "", id: "a"), call("g", "", id: "b")) + chunk(call(nil, "{\"x\":"))
      + chunk(call(nil, "1}")) + chunk(call(nil, "{\"y\":2}")),
    // Pieces of one call and the beginning of the next in one event.
    chunk(call("f", "{\"x\":", id: "a")) + chunk(call(nil, "1}"), call("g", "{\"y\":2}", id: "b")),
  ])
  func `calls without numbers keep apart`(body: String) async throws {
    let calls = try await self.calls(body + Self.end)
    #expect(
      calls == [
        ToolCall(id: "a", name: "f", arguments: "{\"x\":1}"),
        ToolCall(id: "b", name: "g", arguments: "{\"y\":2}"),
      ]
    )
  }

  @Test func `calls of one event are several, also when they tell nothing apart`() async throws {
    let body = Self.chunk(Self.call("f", ""), Self.call("f", ""), Self.call("g", "\n"))
    let calls = try await self.calls(body + Self.end)
    #expect(calls.map(\.name) == ["f", "f", "g"])
    #expect(calls.map(\.arguments) == ["{}", "{}", "\n{}"])
    #expect(Set(calls.map(\.id)).count == 3)
  }

  @Test func `calls of a whole answer are told apart by their places`() async throws {
    let calls = [
      Self.call("f", "{bad", id: "a", index: 0), Self.call("g", "{}", id: "b", index: 0),
    ]
    let (answer, _) = try await answer { _ in
      .answer(
        "{\"choices\":[{\"index\":0,\"message\":{\"tool_calls\":[\(calls.joined(separator: ","))]},"
          + "\"finish_reason\":\"tool_calls\"}]}",
        type: "application/json"
      )
    }
    #expect(
      answer.calls == [
        ToolCall(id: "a", name: "f", arguments: "{bad"),
        ToolCall(id: "b", name: "g", arguments: "{}"),
      ]
    )
    #expect(answer.finished.map(\.isIncomplete) == [true])
  }
}
