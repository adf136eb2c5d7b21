import Identifiers
import NIOCore
import Protobuf
import TestTexts
import Testing
import TokenwireAPI

/// Strings of messages are compared by their bytes, and maps keep all names.
@Suite struct MessageIdentityTests {
  @Test(arguments: CanonicallyEqual.pairs)
  func `both names of a map are kept over the wire`(_ first: String, _ second: String) throws {
    let metadata = TextMap([(key: first, value: second), (key: second, value: first)])
    let message = LogRequestRequest(metadata: metadata)
    var bytes = ByteBuffer()
    message.serialize(into: &bytes)
    #expect(try LogRequestRequest(serialized: bytes) == message)
    #expect(try LogRequestRequest(serialized: bytes).metadata.count == 2)
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `messages of which a string only looks the same are different`(
    _ first: String,
    _ second: String
  ) throws {
    let changes: [@Sendable (inout GenerateRequest, String) -> Void] = [
      { $0.model = $1 }, { $0.input = .prompt($1) }, { $0.stop = [$1] },
      { $0.constraint = .grammar($1) }, { $0.metadata = ["k": $1] },
      { $0.input = .messages(ChatMessages(messages: [ChatMessage(role: "user", content: $1)])) },
    ]
    for change in changes {
      var one = GenerateRequest()
      var other = GenerateRequest()
      change(&one, first)
      change(&other, second)
      #expect(one != other)
      #expect(Set([one, other]).count == 2)
      change(&other, first)
      #expect(one == other)
      #expect(one.hashValue == other.hashValue)
    }
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `trees of values are compared by their bytes`(_ first: String, _ second: String) {
    let (one, other) = (Identifier(first), Identifier(second))
    #expect(MessageValue.text(one) != .text(other))
    #expect(MessageValue.fields([.init(one, .bool(true))])[other] == nil)
    #expect(MessageValue.fields([.init(one, .bool(true))]).removing([other])[one] == .bool(true))
  }
}
