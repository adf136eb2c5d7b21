internal import Listening
internal import NIOCore
internal import RPC
internal import Synchronization
internal import TTRPC

/// Replays the client of one connection, and keeps what the server sends.
final class ReplayConnection: Sendable {
  private let plan: ReplayPlan.Connection
  private let hidesTokens: Bool
  private let options: ReplayOptions
  private let progress: ReplayProgress
  private let identifiers: Identifiers
  private let start: ContinuousClock.Instant
  private let received = Mutex(Received())

  private struct Received {
    var said: [RecordedEvent.Kind] = []
    var clock = CallClock()
    var raw = RawAnswers()
    var hasEnded = false
  }

  /// The result of the replay.
  struct Outcome: Sendable {
    /// What the server sent until the client ended.
    var said: [RecordedEvent.Kind]
    var timings: [CallTiming]
    var vainWaits: [VainWait]
  }

  /// A step that gave up waiting for a stream.
  struct VainWait: Sendable {
    /// The number of the step, from 1.
    var step: Int
    var stream: StreamKey
  }

  private enum Part {
    case read
    case played([VainWait])
    case timeIsUp
  }

  init(
    _ plan: ReplayPlan.Connection,
    hidesTokens: Bool,
    _ options: ReplayOptions,
    _ progress: ReplayProgress,
    _ identifiers: Identifiers,
    start: ContinuousClock.Instant
  ) {
    self.plan = plan
    self.hidesTokens = hidesTokens
    self.options = options
    self.progress = progress
    self.identifiers = identifiers
    self.start = start
  }

  /// - Throws: `CallError.unavailable` when the server cannot be reached.
  func run(to endpoint: Endpoint, tls: ClientTLS?) async throws(CallError) -> Outcome {
    var vainWaits: [VainWait] = []
    var owed: [StreamKey: StreamProgress] = [:]
    if let open = self.plan.steps.first, let stream = await self.prepare(open, &owed) {
      vainWaits.append(VainWait(step: 1, stream: stream))
    }
    let connection = try await endpoint.connectForBytes(tls: tls)
    do {
      vainWaits += try await connection.executeThenClose { inbound, outbound in
        await withTaskGroup(of: Part.self) { group in
          group.addTask {
            await self.read(inbound, answeringOn: outbound)
            return .read
          }
          group.addTask { .played(await self.play(on: outbound)) }
          var result: [VainWait] = []
          var isRead = false
          var isPlayed = false
          for await part in group {
            switch part {
            case .read:
              isRead = true
            case .played(let vainWaits):
              isPlayed = true
              result = vainWaits
              group.addTask {
                // It makes no difference whether the sleep ends or is cancelled.
                try? await Task.sleep(for: self.options.patience)
                return .timeIsUp
              }
            case .timeIsUp:
              isRead = true
            }
            if isRead && isPlayed { group.cancelAll() }
          }
          return result
        }
      }
    } catch {
      // An error on closing the connection does not affect what came on it.
    }
    return self.received.withLock {
      Outcome(said: $0.said, timings: $0.clock.timings, vainWaits: vainWaits)
    }
  }

  // MARK: The client

  /// Waits until it is the step's turn.
  ///
  /// - Parameter owed: progress that earlier steps did not wait for, because the server had used
  ///   its credit: the next steps wait for it, too.
  /// - Returns: a stream on which it gave up waiting.
  private func prepare(
    _ step: ReplayPlan.Step,
    _ owed: inout [StreamKey: StreamProgress]
  ) async -> StreamKey? {
    owed.merge(step.waits) { $1 }
    let wait =
      if case .end = step.kind {
        await self.waitForEnd(owed)
      } else {
        await self.progress.wait(for: owed, countsCredit: true)
      }
    owed = wait.unreached
    if let speed = self.options.speed {
      // When the sleep is cancelled, so is the replay, which ends.
      try? await Task.sleep(until: self.start + step.time / speed)
    }
    return wait.missing
  }

  /// Waits for everything that the server sent until the client ended, and grants the credit for
  /// that.
  private func waitForEnd(
    _ owed: [StreamKey: StreamProgress]
  ) async -> ReplayProgress.Wait {
    await self.progress.wait(for: owed.merging(self.plan.end) { $1 }, countsCredit: false)
  }

  private func play(
    on outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) async -> [VainWait] {
    var vainWaits: [VainWait] = []
    var owed: [StreamKey: StreamProgress] = [:]
    var pings = PingPacing(self.plan)
    var hasEnded = false
    do {
      for (index, step) in self.plan.steps.enumerated().dropFirst() {
        if let stream = await self.prepare(step, &owed) {
          vainWaits.append(VainWait(step: index + 1, stream: stream))
        }
        try Task.checkCancellation()
        switch step.kind {
        case .frame(let frame):
          if frame.type == .ping { try await pings.wait(step.time) }
          try await self.send(frame, on: outbound)
        case .bytes(let bytes):
          try await outbound.write(bytes)
        case .end:
          hasEnded = true
        case .open:
          break
        }
      }
    } catch {
      // The server reads no more: the comparison shows what is missing.
    }
    if !hasEnded, let stream = await self.waitForEnd(owed).missing {
      vainWaits.append(VainWait(step: self.plan.steps.count + 1, stream: stream))
    }
    self.received.withLock { $0.hasEnded = true }
    outbound.finish()
    return vainWaits
  }

  private func send(
    _ frame: Frame,
    on outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) async throws {
    // A replay has other PINGs, which are answered when they arrive.
    if frame.type == .pong { return }
    var frame = frame
    if frame.type == .request {
      frame.data = self.identifiers.replace(in: frame.data)
      if let token = self.options.token {
        let insertion = TokenReplacement.insertion(of: token)
        frame.data = insertion.request(frame.data) ?? frame.data
      }
    }
    var bytes = ByteBuffer()
    frame.write(into: &bytes)
    await self.progress.sent(frame, on: self.plan.number)
    self.received.withLock { $0.clock.sent(frame, self.plan.calls[frame.stream]) }
    try await outbound.write(bytes)
  }

  // MARK: The server

  private func read(
    _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
    answeringOn outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) async {
    // As the recorder has done it, so that both can be compared.
    var cutter = ConnectionCutter(hidesTokens: self.hidesTokens)
    _ = cutter.append(self.plan.opening, from: .client, at: .zero)
    do {
      for try await bytes in inbound {
        for piece in cutter.append(bytes, from: .server, at: .zero) {
          await self.receive(piece.kind, answeringOn: outbound)
        }
      }
    } catch {
      // A connection that fails ends, too.
    }
    for piece in cutter.finish(.server) { await self.receive(piece.kind, answeringOn: outbound) }
    await self.receive(.end(error: nil), answeringOn: outbound)
  }

  private func receive(
    _ kind: RecordedEvent.Kind,
    answeringOn outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) async {
    let number = self.plan.number
    self.received.withLock { received in
      if case .frame(let frame) = kind { received.clock.received(frame) }
      if !received.hasEnded { received.said.append(kind) }
    }
    switch kind {
    case .frame(let frame):
      let call = self.plan.calls[frame.stream]
      self.identifiers.received(frame, on: number, call)
      await self.progress.received(frame, on: number, call)
      await self.answer(frame, on: outbound)
    case .bytes(let bytes):
      let advances = self.received.withLock { $0.raw.append(bytes) }
      await self.progress.received(advances, on: number)
    case .end: await self.progress.closed(number)
    case .open: break
    }
  }

  /// Does what every client does by itself: answers PINGs, and grants credit to a server that needs
  /// more for the same text.
  private func answer(
    _ frame: Frame,
    on outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) async {
    var answer: ExtensionFrame?
    if case .ping(let opaque)? = try? ExtensionFrame(frame) {
      answer = .pong(opaque)
    } else if self.options.match == .semantic {
      answer = await self.moreCredit(for: frame.stream)
    }
    guard let answer else { return }
    var bytes = ByteBuffer()
    answer.write(into: &bytes)
    // A peer that does not take the answer has closed the connection, which the reader notices.
    try? await outbound.write(bytes)
  }

  private func moreCredit(for stream: UInt32) async -> ExtensionFrame? {
    let key = StreamKey(connection: self.plan.number, stream: stream)
    guard
      let recorded = self.plan.end[key],
      let offset = await self.progress.moreCredit(
        for: key,
        after: self.plan.credit[stream] ?? 0,
        recorded: recorded
      )
    else { return nil }
    return .window(stream: stream, maxOffset: offset)
  }
}
