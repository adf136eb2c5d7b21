import Foundation
import NIOCore
import Recording
import TTRPC
import Testing

@Suite struct FormatTests {
  private static let header =
    #"{"format":"tokenwire-frames","recorded":"2026-11-24T19:00:00Z","tokens":"kept","version":1}"#
  private static let open = #"{"connection":1,"event":"open","from":"client","time_us":5}"#

  private static func read(_ text: String) async throws -> Recording {
    try await withFolder { folder in
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/a"))
      return try Recording(path: folder + "/a")
    }
  }

  private static func lines(_ lines: String...) -> String {
    ([Self.header, Self.open] + lines).map { $0 + "\n" }.joined()
  }

  @Test func `events are read with all that they have`() async throws {
    let recording = try await Self.read(
      Self.lines(
        #"{"time_us":9,"began_us":7,"connection":1,"from":"client","event":"frame","#
          + #""type":"0x77","stream":3,"flags":"RC|0x40","data":"AQI="}"#,
        #"{"time_us":10,"connection":1,"from":"server","event":"bytes","data":"AA=="}"#,
        #"{"time_us":11,"connection":1,"from":"server","event":"end","error":"reset"}"#
      )
    )
    #expect(!recording.header.redactsTokens)
    let frame = Frame(
      stream: 3,
      type: FrameType(rawValue: 0x77),
      flags: [.remoteClosed, FrameFlags(rawValue: 0x40)],
      data: ByteBuffer(bytes: [1, 2])
    )
    #expect(
      recording.events == [
        RecordedEvent(time: .microseconds(5), connection: 1, side: .client, kind: .open),
        RecordedEvent(
          time: .microseconds(9),
          began: .microseconds(7),
          connection: 1,
          side: .client,
          kind: .frame(frame)
        ),
        RecordedEvent(
          time: .microseconds(10),
          connection: 1,
          side: .server,
          kind: .bytes(ByteBuffer(bytes: [0]))
        ),
        RecordedEvent(
          time: .microseconds(11),
          connection: 1,
          side: .server,
          kind: .end(error: "reset")
        ),
      ]
    )
    #expect(recording.cutOffLine == nil)
  }

  @Test(arguments: [
    ("", "is not a recording"),
    ("hello\n", "is not a recording"),
    (#"{"format":"pcap","version":1}"# + "\n", "is not a recording"),
    (#"{"format":"tokenwire-frames","version":2}"# + "\n", "has version 2 of the format"),
    (#"{"format":"tokenwire-frames","version":1}"# + "\n", "must say when it was recorded"),
  ])
  func `a file of another format is refused`(text: String, reason: String) async throws {
    let error = try await #require(throws: RecordingError.self) { try await Self.read(text) }
    #expect(error.message.contains(reason))
  }

  @Test(arguments: [
    ("hello", "is not a JSON object"),
    (
      #"{"time_us":1,"connection":1,"from":"client","event":"open","color":1}"#,
      #"has "color", which this version of the format does not know"#
    ),
    (
      #"{"time_us":1,"connection":1,"from":"client","event":"paused"}"#,
      #"has a "event" that this version of the format does not know"#
    ),
    (
      #"{"time_us":1,"connection":1,"from":"proxy","event":"open"}"#,
      #"has a "from" that this version of the format does not know"#
    ),
    (#"{"connection":1,"from":"client","event":"open"}"#, #"has no "time_us""#),
    (
      #"{"time_us":1,"connection":"one","from":"client","event":"open"}"#,
      #"has a "connection" of the wrong kind"#
    ),
    (
      #"{"time_us":1,"connection":1,"from":"client","event":"frame","type":"HELLO","stream":1}"#,
      #"has a frame without a known "type""#
    ),
    (
      #"{"time_us":1,"connection":1,"from":"client","event":"frame","type":"DATA","data":""}"#,
      #"has a frame without a "stream""#
    ),
    (
      #"{"time_us":1,"connection":1,"from":"client","event":"frame","type":"DATA","stream":1,"#
        + #""flags":"RX","data":""}"#,
      #"has unknown "flags""#
    ),
    (
      #"{"time_us":1,"connection":1,"from":"client","event":"bytes","data":"?"}"#,
      #"has no "data" in base64"#
    ),
  ])
  func `a line that is none is refused by its number`(line: String, reason: String) async throws {
    let error = try await #require(throws: RecordingError.self) {
      try await Self.read(Self.lines(line))
    }
    #expect(error.message.hasPrefix("Line 3 of "))
    #expect(error.message.hasSuffix(reason))
  }

  @Test func `a last line that was cut off is reported, and the rest is used`() async throws {
    let recording = try await Self.read(Self.lines() + Self.open.dropLast(9))
    #expect(recording.events.count == 1)
    #expect(recording.cutOffLine?.contains("(line 3) was cut off") == true)
  }

  @Test func `a last line without its end is whole when its object is`() async throws {
    let recording = try await Self.read(Self.lines() + Self.open)
    #expect(recording.events.count == 2)
    #expect(recording.cutOffLine == nil)
  }

  @Test func `a file that is not there is named`() throws {
    let error = #expect(throws: RecordingError.self) { try Recording(path: "/nowhere") }
    #expect(
      error?.message == "The recording /nowhere cannot be read: No such file or directory"
    )
  }
}
