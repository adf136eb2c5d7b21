internal import Identifiers
internal import NIOCore
internal import TTRPC

/// Measures what a server says that is no frame of ttrpc, by its content: heads of HTTP have dates and
/// ids, and reads cut bytes anyhow.
struct RawAnswers {
  private var pending = ByteBuffer()
  /// How many of these bytes have no end of what is read.
  private var searched = 0
  private var state = State.opening
  /// Of HTTP/1: its answers have no numbers.
  private var answer: UInt32 = 0

  private enum State {
    case opening
    case http2
    /// Within the head of an answer of HTTP/1.
    case head
    case content(Int)
    case chunkHead
    case chunk(Int)
    case trailers
    /// No protocol that is known.
    case other
  }

  /// No server has a longer head, or line of one.
  private static let maximumHead = 64 << 10

  /// How far a stream of HTTP/2, or an answer of HTTP/1, has come.
  struct Advance {
    var stream: UInt32
    /// A head is one, and so is each byte of content.
    var units = 0
    var ends = 0
  }

  /// Adds bytes, and returns what they advance.
  mutating func append(_ bytes: ByteBuffer) -> [Advance] {
    self.pending.writeImmutableBuffer(bytes)
    var advances: [Advance] = []
    while let advance = self.next() { advances.append(advance) }
    self.pending.discardReadBytes()
    return advances
  }

  private mutating func next() -> Advance? {
    let count = self.pending.readableBytes
    switch self.state {
    case .opening:
      guard let first: UInt8 = self.pending.getInteger(at: self.pending.readerIndex) else {
        return nil
      }
      // A frame of HTTP/2 begins with its length, which is small.
      self.state = first == 0 ? .http2 : first == UInt8(ascii: "H") ? .head : .other
      return self.next()
    case .http2:
      return self.nextFrame()
    case .head:
      guard let head = self.readText(through: "\r\n\r\n") else { return nil }
      return self.begin(head)
    case .content(let length), .chunk(let length):
      guard count > 0 || length == 0 else { return nil }
      let part = min(count, length)
      self.pending.moveReaderIndex(forwardBy: part)
      return self.advance(by: part, of: length)
    case .chunkHead:
      guard let line = self.readText(through: "\r\n") else { return nil }
      let length = Int(line.prefix { $0.isHexDigit }, radix: 16) ?? 0
      guard length >> 40 == 0 else {
        // No answer has a chunk of a terabyte.
        self.state = .other
        return self.next()
      }
      // The line end after a chunk is a part of it.
      self.state = length == 0 ? .trailers : .chunk(length + 2)
      return self.next()
    case .trailers:
      while let line = self.readText(through: "\r\n") {
        guard line.isEmpty else { continue }
        self.state = .head
        return Advance(stream: self.answer, ends: 1)
      }
      return nil
    case .other:
      self.pending.moveReaderIndex(forwardBy: count)
      return count > 0 ? Advance(stream: ExtensionFrame.stream, units: count) : nil
    }
  }

  private mutating func nextFrame() -> Advance? {
    guard let header = self.pending.peekHTTP2FrameHeader(),
      self.pending.readSlice(length: HTTP2FrameHeader.size + header.length) != nil
    else { return nil }
    let isEnd = header.known == .reset || header.flags.contains(.endStream)
    switch header.known {
    case .data:
      return Advance(stream: header.stream, units: header.length, ends: isEnd ? 1 : 0)
    case .headers, .reset:
      return Advance(stream: header.stream, units: 1, ends: isEnd ? 1 : 0)
    default:
      // Sent at times of their own.
      return Advance(stream: header.stream)
    }
  }

  private mutating func begin(_ head: String) -> Advance {
    let lines = Identifier(head).lowercasedASCII.utf8
      .filter { $0 != UInt8(ascii: "\r") }
      .split(separator: UInt8(ascii: "\n"))
    func value(of name: String) -> Identifier? {
      let start = Array("\(name):".utf8)
      return lines.first { $0.starts(with: start) }.map { line in
        let value = line.dropFirst(start.count).filter { $0 != UInt8(ascii: " ") }
        return Identifier(String(decoding: value, as: UTF8.self))
      }
    }
    let status = lines.first?.split(separator: UInt8(ascii: " ")).dropFirst().first
    let code = status.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
    if 100 ..< 200 ~= code { return Advance(stream: self.answer + 1) }
    self.answer += 1
    if [204, 304].contains(code) { return Advance(stream: self.answer, units: 1, ends: 1) }
    if let coding = value(of: "transfer-encoding"),
      coding.utf8.suffix(7).elementsEqual("chunked".utf8)
    {
      self.state = .chunkHead
    } else {
      // Without a length, up to the end of the connection.
      let length = value(of: "content-length").flatMap { Int($0.text) } ?? .max
      self.state = .content(max(length, 0))
    }
    return Advance(stream: self.answer, units: 1)
  }

  private mutating func advance(by part: Int, of length: Int) -> Advance {
    let rest = length - part
    switch self.state {
    case .chunk:
      self.state = rest == 0 ? .chunkHead : .chunk(rest)
      return Advance(stream: self.answer, units: max(0, min(part, length - 2)))
    default:
      self.state = rest == 0 ? .head : .content(rest)
      return Advance(stream: self.answer, units: part, ends: rest == 0 ? 1 : 0)
    }
  }

  /// Reads text up to a mark, which is read but not returned; nil without a mark.
  private mutating func readText(through mark: String) -> String? {
    let bytes = self.pending.readableBytesView
    let from = max(0, self.searched - (mark.utf8.count - 1))
    guard let range = bytes.dropFirst(from).firstRange(of: Array(mark.utf8)) else {
      self.searched = bytes.count
      if bytes.count > Self.maximumHead { self.state = .other }
      return nil
    }
    self.searched = 0
    let text = self.pending.readString(length: range.lowerBound - bytes.startIndex)
    self.pending.moveReaderIndex(forwardBy: mark.utf8.count)
    return text
  }
}
