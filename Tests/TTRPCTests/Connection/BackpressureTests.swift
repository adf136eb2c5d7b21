import Identifiers
import NIOCore
import Synchronization
import Testing

@testable import RPC
@testable import TTRPC

@Suite struct BackpressureTests {
  /// A message large enough that a handful fills a stream's queue.
  static let large = Text(String(repeating: "x", count: 8_000))

  @Test func `a stream that is not read stops its handler, and no other stream`() async throws {
    let written = Atomic(0)
    let methods: [Identifier: MethodHandler] = [
      "Flood": .serverStreaming { (_: Text, responses: ResponseWriter<Text>, _) in
        while true {
          try await responses.write(Self.large)
          written.add(1, ordering: .relaxed)
        }
      },
      "Unary": .unary { (request: Text, _) in request },
    ]
    try await withServer(methods) { port in
      try await RawPeer.withConnection(to: port) { _, stuck in
        // Its peer never reads: the flood fills the sockets' buffers, and then waits.
        try await stuck.sendRequest("Flood", flags: .remoteClosed)
        try await RawPeer.withConnection(to: port) { reader, peer in
          try await peer.sendRequest("Unary", payload: hex("0a0161"))
          try await reader.expect(hex("00000005 00000001 02 00 | 1203 0a0161"))
        }
      }
    }
  }

  @Test func `streams take turns on a connection`() async throws {
    let methods: [Identifier: MethodHandler] = [
      "Flood": .serverStreaming { (_: Text, responses: ResponseWriter<Text>, _) in
        while true { try await responses.write(Self.large) }
      },
      "Unary": .unary { (request: Text, _) in request },
      "Repeat": .serverStreaming { (request: Text, responses: ResponseWriter<Text>, _) in
        for _ in 0 ..< 100 { try await responses.write(request) }
      },
    ]
    try await withServer(methods) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.sendRequest("Flood", stream: 1, flags: .remoteClosed)
        try await peer.sendRequest("Flood", stream: 3, flags: .remoteClosed)
        for _ in 0 ..< 50 { _ = try await reader.readFrame() }
        try await peer.sendRequest("Repeat", stream: 5, payload: hex("0a0161"))
        try await peer.sendRequest("Unary", stream: 7, payload: hex("0a0161"))
        // Neither of them waits for an end of the floods, which have none.
        var pending: Set<UInt32> = [5, 7]
        while !pending.isEmpty {
          let frame = try #require(await reader.readFrame())
          if frame.type == .response || frame.flags.contains(.remoteClosed) {
            pending.remove(frame.stream)
          }
        }
      }
    }
  }

  @Test func `a call that never waits holds up no other`() async throws {
    let (isServed, isCancelled) = (Signal(), Signal())
    let methods: [Identifier: MethodHandler] = [
      "Spin": .unary { (request: Text, _) in
        defer { isCancelled.fire() }
        isServed.fire()
        while !Task.isCancelled { await Task.yield() }
        return request
      },
      "Unary": .unary { (request: Text, _) in request },
    ]
    try await withServer(methods) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.sendRequest("Spin", stream: 1)
        await isServed.wait()
        try await peer.sendRequest("Unary", stream: 3, payload: hex("0a0161"))
        try await reader.expect(hex("00000005 00000003 02 00 | 1203 0a0161"))
      }
      await isCancelled.wait()
    }
  }

  @Test func `an outbound queue is bounded, and has room again when it is drained`() async throws {
    let writer = FrameWriter()
    let stream = OutboundStream(id: 1, writer: writer)
    var queued = 0
    while try stream.enqueue({ Self.large.serialize(into: &$0) }) { queued += 1 }
    #expect(queued * 8_000 < FrameWriter.shareRange.upperBound)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await stream.waitForRoom() }
      var buffer = ByteBuffer()
      #expect(!stream.drain(into: &buffer))
      try await group.waitForAll()
    }
  }

  @Test func `the more streams wait, the fewer bytes each of them may queue`() throws {
    let writer = FrameWriter()
    writer.open {}
    // It holds the streams that wait, and they hold it.
    defer { writer.close() }
    let streams = (0 ..< 200).map { OutboundStream(id: 2 * UInt32($0) + 1, writer: writer) }
    for stream in streams {
      #expect(try stream.enqueue { $0.writeInteger(UInt8(0)) })
    }
    #expect(try !streams[0].enqueue { $0.writeRepeatingByte(0, count: 600) })
    var buffer = ByteBuffer()
    #expect(writer.fill(&buffer, size: 10_000) { _ in })
    #expect(try streams[0].enqueue { $0.writeRepeatingByte(0, count: 600) })
  }

  @Test func `a writer that waits learns that the call has ended`() async throws {
    let stream = OutboundStream(id: 1, writer: FrameWriter())
    while try stream.enqueue({ Self.large.serialize(into: &$0) }) {}
    await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await stream.waitForRoom() }
      stream.fail(.connectionClosed)
      await #expect(throws: CallError.connectionClosed) { try await group.waitForAll() }
    }
  }

  @Test func `the last frame is sent once`() throws {
    let stream = OutboundStream(id: 1, writer: FrameWriter())
    stream.finish(nil, unsent: .send)
    stream.finish(.cancelled, unsent: .send)
    #expect(throws: CallError.ended) { try stream.enqueue { _ in } }
    var buffer = ByteBuffer()
    #expect(stream.drain(into: &buffer))
    #expect(buffer == hex("00000000 00000001 03 05"))
  }

  @Test func `a writer whose connection is gone keeps no stream`() throws {
    let writer = FrameWriter()
    writer.open {}
    writer.close()
    var stream: OutboundStream? = OutboundStream(id: 1, writer: writer)
    weak let remains = stream
    _ = try stream?.enqueue { $0.writeInteger(UInt8(0)) }
    stream = nil
    #expect(remains == nil)
  }

  @Test func `what waits in many streams goes out in one write, each stream in its turn`() throws {
    let flushes = Atomic(0)
    let writer = FrameWriter()
    writer.open { flushes.add(1, ordering: .relaxed) }
    let streams = [UInt32(1), 3, 5].map { OutboundStream(id: $0, writer: writer) }
    for _ in 0 ..< 2 {
      for stream in streams { _ = try stream.enqueue { $0.writeInteger(UInt8(stream.id)) } }
    }
    writer.writeSingle { $0.writeEnd(stream: 9) }
    #expect(flushes.load(ordering: .relaxed) == 1)
    var buffer = ByteBuffer()
    #expect(writer.fill(&buffer, size: 1_000) { _ in })
    #expect(
      buffer
        == hex(
          """
          00000000 00000009 03 05
          00000001 00000001 03 00 01  00000001 00000001 03 00 01
          00000001 00000003 03 00 03  00000001 00000003 03 00 03
          00000001 00000005 03 00 05  00000001 00000005 03 00 05
          """
        )
    )
  }
}
