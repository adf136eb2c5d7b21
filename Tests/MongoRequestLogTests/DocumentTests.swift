import Identifiers
import Testing

@testable import MongoDB

/// BSON (https://bsonspec.org/spec.html).
@Suite struct DocumentTests {
  private static let document: Document = [
    "text": "a\u{0}é", "number": 7, "large": .int64(.min), "fraction": .double(0.5), "yes": true,
    "time": .date(1_700_000_000_123), "bytes": .binary([0, 255]), "nothing": .null,
    "list": [1, "two", [:]], "inner": ["a": ["b": "c"]],
  ]

  @Test func `what is written is read again`() throws {
    let read = try #require(Document(bytes: Self.document.bytes))
    #expect(read == Self.document)
    #expect(read["text"]?.text.map { Array($0.utf8) } == Array("a\u{0}é".utf8))
    #expect(read["large"]?.integer == .min)
    #expect(read["time"]?.date == 1_700_000_000_123)
    #expect(read["list"]?.array?.count == 3)
    #expect(read["inner"]?.document?["a"]?.document?["b"]?.text == "c")
    #expect(read["none"] == nil)
    #expect(read.pairs.count == 10)
  }

  @Test func `the bytes are those of the specification`() {
    let hello: Document = ["hello": "world"]
    let bytes = Array(
      "\u{16}\u{0}\u{0}\u{0}\u{2}hello\u{0}\u{6}\u{0}\u{0}\u{0}world\u{0}\u{0}".utf8
    )
    #expect(hello.bytes == bytes)
  }

  @Test func `arrays may be nested a hundred times, and no more`() {
    func document(depth: Int) -> Document? {
      var value = Value.array([])
      for _ in 1 ..< depth { value = [value] }
      return Document(bytes: (["list": value] as Document).bytes)
    }
    func depth(_ document: Document?) -> Int {
      var depth = 0
      var value = document?["list"]
      while let values = value?.array {
        depth += 1
        value = values.first
      }
      return depth
    }
    for count in [1, 99, 100] { #expect(depth(document(depth: count)) == count) }
    // What is deeper is malformed, and ends there.
    for count in [101, 1000] { #expect(depth(document(depth: count)) == 100) }
  }

  @Test func `what is malformed ends where it is, and harms nobody`() {
    let bytes = Self.document.bytes
    for index in 4 ..< bytes.count - 1 {
      for value: UInt8 in [0, 1, 3, 5, 0x7F, 0x80, 0xFF] {
        var changed = bytes
        changed[index] = value
        let document = Document(bytes: changed)
        #expect((document?.pairs.count ?? 0) <= bytes.count)
        _ = document?["inner"]?.document?["a"]
      }
    }
    for count in 0 ..< bytes.count { #expect(Document(bytes: Array(bytes.prefix(count))) == nil) }
  }
}
