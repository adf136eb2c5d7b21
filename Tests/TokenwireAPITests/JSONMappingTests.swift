import Foundation
import Identifiers
import JSON
import NIOCore
import Protobuf
import Testing
import TokenwireAPI

/// What protobuf's json_format makes of messages: Tests/Conformance/json has it, with the script that
/// has made it.
@Suite struct JSONMappingTests {
  struct Written: Decodable {
    let message: String
    let wire: Data
    let json: String
    /// With the fields that have their default.
    let all: String
  }

  struct Read: Decodable, CustomTestStringConvertible {
    let message: String
    let json: String
    let wire: Data?

    var testDescription: String { "\(self.message) \(self.json)" }
  }

  struct File: Decodable {
    let written: [Written]
    let read: [Read]
    let refused: [Read]

    static let shared = Result {
      let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      let file = folder.appendingPathComponent("../Conformance/json/messages.json")
      return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
    }
  }

  @Test func `random messages are written as json_format writes them`() throws {
    for written in try File.shared.get().written {
      try Self.compare(written, Self.type(named: written.message))
    }
  }

  private static func compare(
    _ written: Written,
    _ type: (some APIMessage).Type
  ) throws {
    let message = try type.init(serialized: ByteBuffer(bytes: written.wire))
    let json = message.json()
    #expect(try Self.tree(json) == Self.tree(written.json), "\(json)")
    let all = message.json(JSONStyle(printsDefaults: true))
    #expect(try Self.tree(all) == Self.tree(written.all), "\(all)")
    for text in [written.json, written.all] {
      let read = try type.init(json: Array(text.utf8))
      #expect(read.serialized == message.serialized, "\(text)")
    }
  }

  @Test(arguments: try File.shared.get().read)
  func `JSON is read as json_format reads it`(read: Read) throws {
    try Self.compare(read, Self.type(named: read.message))
  }

  private static func compare(_ read: Read, _ type: (some APIMessage).Type) throws {
    let message = try type.init(json: Array(read.json.utf8))
    let expected = try type.init(serialized: ByteBuffer(bytes: try #require(read.wire)))
    #expect(message.serialized == expected.serialized)
  }

  @Test(arguments: try File.shared.get().refused)
  func `JSON that json_format refuses is refused`(refused: Read) throws {
    let type = try Self.type(named: refused.message)
    #expect(throws: MessageError.self) { _ = try type.init(json: Array(refused.json.utf8)) }
  }

  private static func type(named name: String) throws -> any APIMessage.Type {
    let name = name == "TokenIds" ? "TokenIDs" : name
    return try #require(apiMessages.first { Identifier($0.name) == Identifier(name) }).type
  }

  /// With members in the order of their names, and numbers as they are read: both may be written in
  /// several ways.
  private static func tree(_ text: String) throws -> JSONValue {
    try JSONValue(text, limits: JSONLimits(depth: 16, members: 100)).normalized
  }
}

extension JSONValue {
  fileprivate var normalized: JSONValue {
    switch self {
    case .number(let text): .number("\(Double(text) ?? .nan)")
    case .array(let elements): .array(elements.map(\.normalized))
    case .object(let members):
      .object(
        members.map { Member($0.name, $0.value.normalized) }.sorted { $0.name < $1.name }
      )
    default: self
    }
  }
}
