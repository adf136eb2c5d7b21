import Foundation
import Identifiers
import NIOCore
import NIOPosix
import RPC
import ToyTransport

/// A client of `ToyTransport`, which makes one call after the other.
final class ToyClient {
  private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  private var received = ByteBuffer()
  private var lastID = 0

  private init(
    _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
    _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) {
    self.inbound = inbound.makeAsyncIterator()
    self.outbound = outbound
  }

  private struct Request: Encodable {
    var id: Int
    var service: String?
    var method: String?
    var seconds: Double?
    var message: Data?
    var isCancelled: Bool?
  }

  private struct Answer: Decodable {
    var id: Int
    var message: Data?
    var code: Int32?
    var text: String?
  }

  /// Serves `services` over pipes, with a client at the other end for as long as `body` runs.
  static func with<Result: Sendable>(
    _ dispatcher: CallDispatcher,
    _ body: @escaping @Sendable (ToyClient) async throws -> Result
  ) async throws -> Result {
    let (requests, responses) = (Pipe(), Pipe())
    // The channels close what they get.
    let server = (
      input: dup(requests.fileHandleForReading.fileDescriptor),
      output: dup(responses.fileHandleForWriting.fileDescriptor)
    )
    let client = (
      input: dup(responses.fileHandleForReading.fileDescriptor),
      output: dup(requests.fileHandleForWriting.fileDescriptor)
    )
    for pipe in [requests, responses] {
      try pipe.fileHandleForReading.close()
      try pipe.fileHandleForWriting.close()
    }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await ToyTransport.serve(dispatcher, input: server.input, output: server.output)
      }
      let channel = try await NIOPipeBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .takingOwnershipOfDescriptors(input: client.input, output: client.output) { channel in
          channel.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
          }
        }
      let result = try await channel.executeThenClose { inbound, outbound in
        try await body(ToyClient(inbound, outbound))
      }
      try await group.waitForAll()
      return result
    }
  }

  /// Makes a call.
  ///
  /// - Parameter receive: gets each response, and says whether to go on; if not, the call is
  ///   cancelled.
  /// - Throws: the error that the call ends with.
  func call(
    _ method: MethodDescriptor,
    _ message: ByteBuffer,
    seconds: Double? = nil,
    _ receive: (ByteBuffer) async throws -> Bool
  ) async throws {
    let id = try await self.begin(method, message, seconds: seconds)
    while let answer = try await self.answer() {
      // Others are those of calls whose answers nobody waits for.
      guard answer.id == id else { continue }
      if let code = answer.code {
        if let code = CallError.Code(rawValue: code) { throw CallError(code, answer.text ?? "") }
        return
      }
      let isWanted = try await receive(ByteBuffer(bytes: answer.message ?? Data()))
      if !isWanted { try await self.write(Request(id: id, isCancelled: true)) }
    }
    throw CallError(.unavailable, "the pipe ended before the call")
  }

  /// Begins a call, whose answers nobody waits for unless `call` does.
  @discardableResult
  func begin(
    _ method: MethodDescriptor,
    _ message: ByteBuffer,
    seconds: Double? = nil
  ) async throws -> Int {
    self.lastID += 1
    try await self.write(
      Request(
        id: self.lastID,
        service: method.service.text,
        method: method.method.text,
        seconds: seconds,
        message: Data(message.readableBytesView)
      )
    )
    return self.lastID
  }

  private func write(_ request: Request) async throws {
    try await self.outbound.write(
      ByteBuffer(bytes: try JSONEncoder().encode(request) + [UInt8(ascii: "\n")])
    )
  }

  private func answer() async throws -> Answer? {
    while true {
      if let end = self.received.readableBytesView.firstIndex(of: UInt8(ascii: "\n")),
        let line = self.received.readBytes(length: end + 1 - self.received.readerIndex)
      {
        return try JSONDecoder().decode(Answer.self, from: Data(line))
      }
      self.received.discardReadBytes()
      guard let bytes = try await self.inbound.next(isolation: #isolation) else { return nil }
      self.received.writeImmutableBuffer(bytes)
    }
  }
}
