internal import Foundation
internal import Identifiers
internal import NIOCore
internal import Protobuf
internal import TTRPC

/// An event as a line of JSON; see docs/recordings.md.
struct EventLine: Codable {
  private var timeUs: Int64
  private var beganUs: Int64?
  private var connection: Int
  private var from: RecordedEvent.Side
  private var event: Event
  private var type: String?
  private var stream: UInt32?
  private var flags: String?
  private var data: String?
  private var error: String?
  // For people.
  private var method: String?
  private var message: MessageJSON?
  private var status: String?

  private enum Event: String, Codable {
    case open
    case frame
    case bytes
    case end
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case timeUs = "time_us"
    case beganUs = "began_us"
    case connection, from, event, type, stream, flags, data, error, method, message, status
  }

  init(_ event: RecordedEvent) {
    self.timeUs = event.time.microseconds
    self.beganUs = event.began?.microseconds
    self.connection = event.connection
    self.from = event.side
    switch event.kind {
    case .open:
      self.event = .open
    case .frame(let frame):
      self.event = .frame
      self.type = frame.type.name
      self.stream = frame.stream
      self.flags = frame.flags.names
      self.data = frame.data.base64
    case .bytes(let bytes):
      self.event = .bytes
      self.data = bytes.base64
    case .end(let error):
      self.event = .end
      self.error = error
    }
    self.method = event.description?.method
    self.message = event.description?.message.map { MessageJSON($0) }
    self.status = event.description?.status
  }

  /// The line, without a line end.
  func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity",
      negativeInfinity: "-Infinity",
      nan: "NaN"
    )
    return try encoder.encode(self)
  }

  // MARK: Reading

  /// Why a line is invalid, in words that follow "Line 7 of that file ".
  struct Failure: Error {
    let description: String
  }

  init(decoding line: Data) throws(Failure) {
    do {
      self = try JSONDecoder().decode(Self.self, from: line)
    } catch let failure as Failure {
      throw failure
    } catch DecodingError.keyNotFound(let key, _) {
      throw Failure(description: "has no \"\(key.stringValue)\"")
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context)
    {
      let key = context.codingPath.first?.stringValue ?? ""
      throw Failure(description: "has a \"\(key)\" of the wrong kind")
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
      let key = context.codingPath[0].stringValue
      throw Failure(description: "has a \"\(key)\" that this version of the format does not know")
    } catch {
      throw Failure(description: "is not a JSON object")
    }
  }

  init(from decoder: any Decoder) throws {
    let present = try decoder.container(keyedBy: AnyKey.self).allKeys
    if let unknown = present.first(where: { CodingKeys(rawValue: $0.stringValue) == nil }) {
      throw Failure(
        description:
          "has \"\(unknown.stringValue)\", which this version of the format does not know"
      )
    }
    // The parts for people are ignored: they follow from the data.
    let line = try decoder.container(keyedBy: CodingKeys.self)
    self.timeUs = try line.decode(Int64.self, forKey: .timeUs)
    self.beganUs = try line.decodeIfPresent(Int64.self, forKey: .beganUs)
    self.connection = try line.decode(Int.self, forKey: .connection)
    self.from = try line.decode(RecordedEvent.Side.self, forKey: .from)
    self.event = try line.decode(Event.self, forKey: .event)
    self.type = try line.decodeIfPresent(String.self, forKey: .type)
    self.stream = try line.decodeIfPresent(UInt32.self, forKey: .stream)
    self.flags = try line.decodeIfPresent(String.self, forKey: .flags)
    self.data = try line.decodeIfPresent(String.self, forKey: .data)
    self.error = try line.decodeIfPresent(String.self, forKey: .error)
    self.method = nil
    self.message = nil
    self.status = nil
  }

  /// The event, without its description.
  func recorded() throws(Failure) -> RecordedEvent {
    RecordedEvent(
      time: .microseconds(self.timeUs),
      began: self.beganUs.map { .microseconds($0) },
      connection: self.connection,
      side: self.from,
      kind: try self.kind()
    )
  }

  private func kind() throws(Failure) -> RecordedEvent.Kind {
    switch self.event {
    case .open: return .open
    case .bytes: return .bytes(try self.bytes())
    case .end: return .end(error: self.error)
    case .frame:
      guard let type = self.type.flatMap({ FrameType(name: Identifier($0)) }) else {
        throw Failure(description: "has a frame without a known \"type\"")
      }
      guard let flags = FrameFlags(names: self.flags ?? "") else {
        throw Failure(description: "has unknown \"flags\"")
      }
      guard let stream else { throw Failure(description: "has a frame without a \"stream\"") }
      return .frame(Frame(stream: stream, type: type, flags: flags, data: try self.bytes()))
    }
  }

  private func bytes() throws(Failure) -> ByteBuffer {
    guard let data = self.data.flatMap({ Data(base64Encoded: $0) }) else {
      throw Failure(description: "has no \"data\" in base64")
    }
    return ByteBuffer(bytes: data)
  }
}

private struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }

  init?(stringValue: String) {
    self.stringValue = stringValue
  }

  init?(intValue: Int) {
    return nil
  }
}

extension ByteBuffer {
  fileprivate var base64: String { Data(self.readableBytesView).base64EncodedString() }
}

extension Duration {
  fileprivate var microseconds: Int64 {
    let (seconds, attoseconds) = self.components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }
}
