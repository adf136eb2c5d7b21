import Generation
import TestTimes
import Testing
import UpstreamGeneration

/// Where answers begin and end that say it wrongly.
@Suite struct EndTests {
  private static let whole =
    "{\"model\":\"m-1\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"ok\"},"
    + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}"

  @Test(arguments: ["application/json", "text/plain", "text/event-stream", ""])
  func `the first byte tells what an answer is, not its type`(type: String) async throws {
    let bodies = [
      Events.answer("ok"), "\r\n\n: ping\n\n" + Events.answer("ok"), Self.whole,
      "\u{FEFF}\n \r\n" + Self.whole + "\n",
    ]
    for body in bodies {
      let (answer, _) = try await answer { _ in .answer(body, type: type) }
      #expect(answer.error == nil)
      #expect(answer.text == "ok")
      #expect(answer.finished.first?.usage.source == .reported)
    }
  }

  @Test func `a whole answer may come in pieces`() async throws {
    let (answer, _) = try await answer { _ in
      .beginning("\n") + "\n \(Self.whole)".utf8.map { .send([$0]) } + [.close]
    }
    #expect(answer.error == nil)
    #expect(answer.text == "ok")
  }

  @Test(arguments: ["{\"choices\":[", "<html>no</html>", "", "[1]"])
  func `what is no answer is an error`(body: String) async throws {
    for type in ["application/json", "text/html"] {
      let (answer, _) = try await answer { _ in .answer(body, type: type) }
      #expect(answer.error?.code == .unavailable)
    }
  }

  @Test func `a whole answer without end is refused before it fills the memory`() async throws {
    let (answer, _) = try await answer { _ in
      .beginning("{\"x\":\"")
        + Array(repeating: .send(Array(repeating: UInt8(ascii: "x"), count: 1 << 20)), count: 6)
    }
    #expect(answer.error?.message.contains("4194304 bytes") == true)
  }

  @Test func `what is complete is not waited for`() async throws {
    let body = Events.text("whole") + Events.chunk("{}", finish: "stop") + Events.usage(3, 1)
    let (answer, _) = try await answer { _ in .beginning(body) }
    #expect(answer.error == nil)
    #expect(answer.text == "whole")
    #expect(answer.finished.map(\.usage.source) == [.reported])
  }

  @Test func `what follows the end soon is read`() async throws {
    let body = Events.text("whole") + Events.chunk("{}", finish: "stop") + Events.usage(3, 1)
    let (answer, _) = try await answer { _ in
      .beginning(body) + [.pause(.milliseconds(20)), .send([UInt8](Events.usage(3, 2).utf8))]
        + [.close]
    }
    #expect(answer.finished.map(\.usage.completionTokens) == [2])
  }

  @Test(arguments: ["", Events.usage(3, 1)])
  func `a text that has ended is whole, whatever the connection does`(usage: String) async throws {
    let body = Events.text("whole") + Events.chunk("{}", finish: "stop") + usage
    let (answer, _) = try await answer { _ in
      .beginning(body) + [.pause(.milliseconds(20)), .reset]
    }
    #expect(answer.error == nil)
    #expect(answer.text == "whole")
    #expect(answer.finished.map(\.usage.completionTokens) == [1])
  }

  @Test func `a text that has ended without its tokens is whole after a silence`() async throws {
    try await withGrowingTime(from: .milliseconds(50)) { time in
      let (answer, _) = try await answer(limits: UpstreamLimits(silenceTimeout: time)) { _ in
        .beginning(Events.text("whole") + Events.chunk("{}", finish: "stop"))
      }
      // The time was over before the answer began.
      if answer.text.isEmpty { return false }
      #expect(answer.error == nil)
      #expect(answer.finished.map(\.usage.source) == [.counted])
      return true
    }
  }
}
