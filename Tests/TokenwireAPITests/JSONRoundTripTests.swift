import JSON
import NIOCore
import Protobuf
import TestTexts
import Testing
import TokenwireAPI

/// Whatever is in a message is in its JSON, and the other way round.
@Suite struct JSONRoundTripTests {
  @Test(arguments: apiMessages.map(\.name))
  func `random messages are the same after JSON`(name: String) throws {
    let type = try #require(apiMessages.first { $0.name == name }).type
    try Self.roundTrip(type)
  }

  private static func roundTrip<Message: APIMessage>(_ type: Message.Type) throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0 ..< 200 {
      let message = try Message.random(using: &generator)
      for style in [JSONStyle(), JSONStyle(printsDefaults: true)] {
        let text = message.json(style)
        let read = try Message(json: Array(text.utf8))
        #expect(read.serialized == message.serialized, "\(text)")
        #expect(read.json(style) == text)  // compares what one writer has written
      }
    }
  }

  @Test func `all messages are known`() {
    let names = Set(apiMessages.map(\.name))
    #expect(names.count == 49)
    #expect(names.isSuperset(of: ["GenerateRequest", "Logprob", "HealthCheckResponse"]))
  }
}
