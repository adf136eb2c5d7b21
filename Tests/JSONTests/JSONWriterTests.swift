import JSON
import Testing

@Suite struct JSONWriterTests {
  @Test func `objects and arrays nest`() {
    var writer = JSONWriter()
    writer.begin("a")
    writer.beginArray()
    for number in 1 ... 2 {
      writer.beginElement()
      writer.beginObject()
      writer.member("n", number)
      writer.member("texts", ["{", "["])
      writer.end()
    }
    writer.endArray()
    writer.member("b", [(key: "c", value: "{"), (key: "d", value: "")])
    writer.begin("e")
    writer.beginObject()
    writer.end()
    writer.begin("f")
    writer.literal("null")
    writer.end()
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == #"{"a":[{"n":1,"texts":["{","["]},{"n":2,"texts":["{","["]}],"b":{"c":"{","d":""},"#
        + #""e":{},"f":null}"#
    )
  }

  @Test func `control characters have codes, or short forms`() {
    for (escapes, text) in [
      (JSONWriter.Escapes.codes, #"{"\u000a":"\u0008\u0009\u000c\u000d\u001f"}"#),
      (.short, #"{"\n":"\b\t\f\r\u001f"}"#),
    ] {
      var writer = JSONWriter(escapes: escapes)
      writer.member("\n", "\u{8}\t\u{C}\r\u{1F}")
      writer.end()
      #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }
  }
}
