import NIOCore

@testable import TTRPC

/// The frames of the extension. The first byte of the input is the type.
struct ExtensionTarget: FuzzTarget {
  var seeds: [ByteBuffer] {
    let frames: [ExtensionFrame] = [
      .settings(ConnectionSettings()), .cancel(stream: 1, code: 1), .ping(1), .pong(2),
      .window(stream: 1, maxOffset: .max),
      .goAway(GoAway(lastStream: 1, code: .noError, gracePeriod: 1, message: "bye")),
    ]
    return frames.map { frame in
      let encoded = self.encode(frame)
      var seed = ByteBuffer(integer: encoded.type.rawValue)
      seed.writeImmutableBuffer(encoded.data)
      return seed
    }
  }

  func run(_ input: ByteBuffer) {
    var data = input
    guard let type: UInt8 = data.readInteger() else { return }
    let frame = Frame(
      stream: ExtensionFrame.stream,
      type: FrameType(rawValue: type),
      flags: [],
      data: data
    )
    guard let decoded = try? ExtensionFrame(frame) else { return }
    fail("\(decoded) is not stable", unless: (try? ExtensionFrame(self.encode(decoded))) == decoded)
  }

  private func encode(_ frame: ExtensionFrame) -> Frame {
    var bytes = ByteBuffer()
    frame.write(into: &bytes)
    var decoder = FrameDecoder()
    guard case .frame(let encoded)? = try? decoder.decode(buffer: &bytes) else {
      fatalError("\(frame) is not encoded as a frame")
    }
    return encoded
  }
}
