internal import NIOCore
internal import NIOPosix
public import Protobuf

/// Calls protobuf services over ttrpc (WIRE.md), any number at a time over one TCP connection.
///
/// ttrpc has no message for "I gave up": when a caller is cancelled or drops a stream, the client
/// forgets the call at once, and the server works on until the call's timeout or the end of the
/// connection.
public final class RPCClient: Sendable {
  private let channel: any Channel
  let writer = FrameWriter()
  let table = ClientStreamTable()

  private init(_ channel: any Channel) throws {
    self.channel = channel
    try channel.pipeline.syncOperations.addHandler(
      ClientConnectionHandler(table: self.table, writer: self.writer)
    )
  }

  /// Opens a connection.
  ///
  /// - Throws: `CallError.unavailable` when the server cannot be reached.
  public static func connect(to endpoint: Endpoint) async throws(CallError) -> RPCClient {
    do {
      return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .connect(host: endpoint.host, port: endpoint.port) { channel in
          channel.eventLoop.makeCompletedFuture { try RPCClient(channel) }
        }
    } catch {
      throw CallError(.unavailable, "Cannot connect to \(endpoint): \(SocketFailure(error))")
    }
  }

  /// Closes the connection; calls that are under way fail with `unavailable`.
  public func close() async {
    self.channel.close(promise: nil)
    // Failure is not an outcome here: the promise behind this future only ever succeeds.
    try? await self.channel.closeFuture.get()
  }

  /// Sends one request and returns the response.
  ///
  /// - Throws: the error that the server answered; `cancelled` when this task is cancelled;
  ///   `unavailable` when the connection is or gets closed; `deadlineExceeded` after the timeout.
  public func unary<Request: Message, Response: Message>(
    _ method: MethodDescriptor,
    _ request: Request,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> Response {
    let call = ClientCall(answer: .one)
    _ = try self.open(call, method, request, flags: [], options)
    return try await Self.onlyResponse(to: call)
  }

  /// Sends one request and returns the responses as they come.
  ///
  /// - Throws: `CallError` when the request cannot be sent; what fails later, the stream throws.
  public func serverStreaming<Request: Message, Response: Message>(
    _ method: MethodDescriptor,
    _ request: Request,
    options: CallOptions = CallOptions()
  ) throws(CallError) -> ResponseStream<Response> {
    let call = ClientCall(answer: .stream)
    _ = try self.open(call, method, request, flags: .remoteClosed, options)
    return ResponseStream(call.responses)
  }

  /// Opens the stream of `call`.
  ///
  /// - Parameter request: nil for a call whose requests follow as Data.
  func open(
    _ call: ClientCall,
    _ method: MethodDescriptor,
    _ request: (any Message)?,
    flags: FrameFlags,
    _ options: CallOptions
  ) throws(CallError) -> UInt32 {
    let envelope = RequestEnvelope(method, payload: request?.serialized(), options)
    let id = try self.table.open(call) { id throws(CallError) in
      try self.writer.writeSingle { frames throws(CallError) in
        try frames.writeFrame(stream: id, type: .request, flags: flags) {
          envelope.serialize(into: &$0)
        }
      }
    }
    call.responses.onAbandon { self.table.remove(id) }
    if let timeout = options.timeout {
      self.channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
        self.table.remove(id)?.fail(.deadlineExceeded(timeout))
      }
    }
    return id
  }

  static func onlyResponse<Response: Message>(
    to call: ClientCall
  ) async throws(CallError) -> Response {
    var responses = ResponseStream<Response>(call.responses).makeAsyncIterator()
    guard let response = try await responses.next() else {
      throw .protocolViolation("ends a call without its response")
    }
    return response
  }
}

extension RequestEnvelope {
  fileprivate init(_ method: MethodDescriptor, payload: ByteBuffer?, _ options: CallOptions) {
    self.init(
      service: method.service,
      method: method.method,
      payload: payload ?? ByteBuffer(),
      timeoutNano: options.timeout.map { TimeAmount($0).nanoseconds } ?? 0,
      metadata: options.metadata.map { KeyValue(key: $0.key, value: $0.value) }
    )
  }
}
