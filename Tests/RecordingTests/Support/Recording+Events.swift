import Foundation
import NIOCore
import Recording
import TTRPC

extension Recording {
  /// A recording of one connection with these events, each some milliseconds after the beginning.
  static func of(
    _ events: [(milliseconds: Int, side: RecordedEvent.Side, frame: Frame)]
  ) async throws -> Recording {
    var lines = [
      #"{"format":"tokenwire-frames","recorded":"2026-11-24T19:00:00Z","tokens":"kept","version":1}"#,
      #"{"connection":1,"event":"open","from":"client","time_us":0}"#,
    ]
    for event in events {
      let line: [String: Any] = [
        "connection": 1, "event": "frame", "from": event.side.rawValue,
        "time_us": event.milliseconds * 1_000, "type": event.frame.type.name,
        "stream": event.frame.stream, "flags": event.frame.flags.names,
        "data": Data(event.frame.data.readableBytesView).base64EncodedString(),
      ]
      let bytes = try JSONSerialization.data(withJSONObject: line)
      lines.append(String(decoding: bytes, as: UTF8.self))
    }
    return try await withFolder { folder in
      try Data(lines.map { $0 + "\n" }.joined().utf8)
        .write(to: URL(fileURLWithPath: folder + "/a"))
      return try Recording(path: folder + "/a")
    }
  }
}

extension Frame {
  init(_ content: ExtensionFrame) throws {
    var bytes = ByteBuffer()
    content.write(into: &bytes)
    var decoder = FrameDecoder()
    guard case .frame(let frame) = try decoder.decode(buffer: &bytes) else {
      throw CancellationError()
    }
    self = frame
  }
}
