internal import HTTPTransport
internal import NIOCore
internal import TokenwireAPI

/// Answers as OpenAI streams: server-sent events of chunks with one head, then the usage if it was asked
/// for, and "[DONE]".
protocol ChunkWriter: AnswerWriter {
  var options: StreamOptions { get }
  var head: AnswerHead { get }
  var counts: TokenCounts { get }
}

extension ChunkWriter {
  var contentType: String { ServerSentEvents.contentType }
  var keepalive: ByteBuffer? { ServerSentEvents.keepalive }

  func finish(to body: inout ByteBuffer) {
    if self.options.includesUsage {
      body.writeStaticString("data: ")
      body.writeImmutableBuffer(self.head.bytes)
      body.writeStaticString(#"],"usage":"#)
      self.counts.write(to: &body)
      body.writeStaticString("}\n\n")
    }
    body.writeStaticString("data: [DONE]\n\n")
  }

  func fail(_ failure: HTTPFailure, to body: inout ByteBuffer) {
    body.writeEvent(data: OpenAIErrors.body(of: failure).readableBytesView)
  }
}

extension ByteBuffer {
  /// Appends a reason, or null before the end of a text.
  mutating func writeFinishReason(_ reason: FinishReason?) {
    guard let reason else {
      self.writeStaticString("null")
      return
    }
    self.writeStaticString("\"")
    self.writeStaticString(reason.openAI)
    self.writeStaticString("\"")
  }

  /// Appends what follows the members of a chunk's choice.
  mutating func writeChunkEnd(_ options: StreamOptions, _ counts: TokenCounts) {
    guard options.includesUsage else {
      self.writeStaticString("}]}\n\n")
      return
    }
    self.writeStaticString(#"}],"usage":"#)
    if options.isUsageContinuous {
      counts.write(to: &self)
    } else {
      self.writeStaticString("null")
    }
    self.writeStaticString("}\n\n")
  }
}
