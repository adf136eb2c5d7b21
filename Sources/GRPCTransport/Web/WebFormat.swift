internal import Foundation
internal import Identifiers
internal import JSON
internal import NIOCore
internal import RPC

/// How the content of a request of grpc-web, and of its answer, is written.
enum WebFormat: Sendable {
  case binary
  /// In base64, for what cannot read bytes as they come.
  case text

  /// The media types of requests.
  var contentTypes: [Identifier] {
    switch self {
    case .binary: ["application/grpc-web", "application/grpc-web+proto"]
    case .text: ["application/grpc-web-text", "application/grpc-web-text+proto"]
    }
  }

  /// The media type of answers.
  var contentType: String {
    switch self {
    case .binary: "application/grpc-web+proto"
    case .text: "application/grpc-web-text+proto"
    }
  }

  /// The bytes that content stands for.
  ///
  /// - Throws: when it is not base64.
  func bytes(of content: ByteBuffer) throws(CallError) -> ByteBuffer {
    guard self == .text else { return content }
    guard content.readableBytes % 4 == 0 else { throw .notBase64 }
    var bytes = ByteBuffer()
    var rest = content.readableBytesView
    while !rest.isEmpty {
      // Several pieces may follow each other: each ends with the four characters that have padding.
      let padding = rest.firstIndex(of: UInt8(ascii: "="))
      let count = padding.map { ($0 - rest.startIndex) / 4 * 4 + 4 } ?? rest.count
      guard let piece = Base64.decode(Array(rest.prefix(count))) else { throw .notBase64 }
      bytes.writeBytes(piece)
      rest = rest.dropFirst(count)
    }
    return bytes
  }

  /// Appends a message or trailers, with their prefix.
  func write(_ content: ByteBuffer, isTrailers: Bool = false, to body: inout ByteBuffer) {
    var frame = ByteBuffer()
    frame.writeMultipleIntegers(
      UInt8(isTrailers ? 0x80 : 0),
      UInt32(content.readableBytes)
    )
    frame.writeImmutableBuffer(content)
    switch self {
    case .binary: body.writeImmutableBuffer(frame)
    case .text: body.writeBytes(Data(frame.readableBytesView).base64EncodedData())
    }
  }
}

extension CallError {
  fileprivate static let notBase64 = CallError(
    .invalidArgument,
    "The content is not base64, though its type is grpc-web-text"
  )
}
