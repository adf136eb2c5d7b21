import NIOCore
import Recording
import TTRPC
import Testing
import TokenwireAPI

@Suite struct TimelineTests {
  private static func events(
    _ kinds: (RecordedEvent.Side, RecordedEvent.Kind)...
  ) -> [RecordedEvent] {
    kinds.enumerated().map { index, event in
      RecordedEvent(
        time: .milliseconds(index),
        connection: 1,
        side: event.0,
        kind: event.1
      )
    }
  }

  private static func lines(_ events: [RecordedEvent]) -> [String] {
    var timeline = Timeline()
    return events.map { timeline.line(for: $0).text }
  }

  private static let oddRequest = RecordedEvent.Kind.frame(
    Frame(stream: 1, type: .request, data: ByteBuffer(bytes: [0xFF]))
  )
  private static let secondRequest = RecordedEvent.Kind.frame(
    Frame(stream: 3, type: .request, flags: .remoteClosed, data: ByteBuffer(bytes: [0xFF, 0xFF]))
  )
  private static let end = RecordedEvent.Kind.frame(
    Frame(stream: 1, type: .data, flags: [.remoteClosed, .noData], data: ByteBuffer())
  )

  @Test func `each stream has a column from its request to its end`() {
    let lines = Self.lines(
      Self.events(
        (.client, .open),
        (.client, Self.oddRequest),
        (.client, Self.secondRequest),
        (.server, Self.end),
        (.client, Self.oddRequest),
        (.server, .end(error: nil))
      )
    )
    #expect(
      lines == [
        "    0.000   1 →  connected",
        "    0.001   1 → ▼ REQUEST 1  1 bytes",
        "    0.002   1 → │▼ REQUEST 3  RC  2 bytes",
        "    0.003   1 ← ▲│ DATA 1  RC|ND  OK",
        "    0.004   1 → ▼│ REQUEST 1  1 bytes",
        "    0.005   1 ← ││ ended",
      ]
    )
  }

  @Test func `what is no frame is told by its length`() {
    var cutOff = ByteBuffer()
    cutOff.writeFrameHeader(FrameHeader(length: 9, stream: 5, type: .data, flags: []))
    cutOff.writeBytes([1, 2])
    let lines = Self.lines(
      Self.events(
        (.client, .bytes(cutOff)),
        (.client, .bytes(ByteBuffer(string: "GET /"))),
        (.client, .end(error: "reset"))
      )
    )
    #expect(lines[0].hasSuffix("DATA 5  cut off after 2 of 9 bytes"))
    #expect(lines[1].hasSuffix("5 bytes that are no frame"))
    #expect(lines[2].hasSuffix("ended: reset"))
  }

  @Test func `lines tell the column of their stream`() {
    let events = Self.events(
      (.client, .open),
      (.client, Self.oddRequest),
      (.client, Self.secondRequest)
    )
    var timeline = Timeline()
    #expect(events.map { timeline.line(for: $0).column } == [nil, 0, 1])
  }

  @Test func `control characters of texts do not reach the terminal`() throws {
    let message = GenerateResponse(event: .delta(Delta(text: "\u{1B}[2J\u{9B}\n\"")))
    var data = ByteBuffer()
    message.serialize(into: &data)
    var request = ByteBuffer()
    // The envelope of a Request: fields 1 and 2 name the method.
    for (number, name) in [(1, "tokenwire.v1.Tokenwire"), (2, "Generate")] {
      request.writeInteger(UInt8(number << 3 | 2))
      request.writeInteger(UInt8(name.utf8.count))
      request.writeString(name)
    }
    let lines = Self.lines(
      Self.events(
        (.client, .frame(Frame(stream: 1, type: .request, data: request))),
        (.server, .frame(Frame(stream: 1, type: .data, data: data)))
      )
    )
    #expect(lines[0].hasSuffix("REQUEST 1  tokenwire.v1.Tokenwire/Generate  {}"))
    #expect(lines[1].hasSuffix(#"{delta:{text:"\u001b[2J\u009b\n\""}}"#))
  }
}
