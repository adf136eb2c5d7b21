import Testing
import TokenwireAPI

@testable import tokenwire

@Suite struct OrderedTextsTests {
  private typealias Event = GenerateResponse.Event

  @Test func `the first text goes on as it comes`() {
    var texts = OrderedTexts()
    let events: [Event] = [.started(Started()), Self.delta("a", 0), Self.finished(0)]
    for event in events { #expect(texts.add(event) == [event]) }
  }

  @Test func `a later text waits for the end of those before it`() {
    var texts = OrderedTexts()
    #expect(texts.add(Self.delta("c", 2)) == [])
    #expect(texts.add(Self.delta("b", 1)) == [])
    #expect(texts.add(Self.finished(1)) == [])
    #expect(texts.add(Self.delta("a", 0)) == [Self.delta("a", 0)])
    #expect(
      texts.add(Self.finished(0))
        == [Self.finished(0), Self.delta("b", 1), Self.finished(1), Self.delta("c", 2)]
    )
    #expect(texts.add(Self.delta("d", 2)) == [Self.delta("d", 2)])
    #expect(texts.current == 2)
  }

  private static func delta(_ text: String, _ index: Int32) -> Event {
    .delta(Delta(text: text, index: index))
  }

  private static func finished(_ index: Int32) -> Event {
    .finished(Finished(finishReason: .stop, index: index))
  }
}
