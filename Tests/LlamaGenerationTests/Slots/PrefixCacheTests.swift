import Generation
import Identifiers
import Testing

@testable import LlamaGeneration

@Suite struct PrefixCacheTests {
  @Test func `the longest match is found, and never all of the tokens`() {
    var cache = PrefixCache(capacity: 100)
    cache.insert(text([1, 2, 9]), [1])
    cache.insert(text([1, 2, 3, 4, 5]), [2])
    let match = cache.longestMatch(with: [1, 2, 3, 4, 5], atLeast: 1) { _ in true }
    #expect(match?.length == 4)
    #expect(match.map { cache.use($0) } == [2])
  }

  @Test func `a match that is too short is none`() {
    var cache = PrefixCache(capacity: 100)
    cache.insert(text([1, 2, 3]), [1])
    #expect(cache.longestMatch(with: [1, 2, 4, 5], atLeast: 3) { _ in true } == nil)
    #expect(cache.longestMatch(with: [7, 2, 3], atLeast: 1) { _ in true } == nil)
  }

  @Test func `texts that may not be seen are not found`() {
    var cache = PrefixCache(capacity: 100)
    cache.insert(text([1, 2, 3], of: .user("a")), [1])
    #expect(
      cache.longestMatch(with: [1, 2, 3], atLeast: 1) { $0 == .user("b") } == nil
    )
  }

  @Test func `what was not used for the longest time goes first`() throws {
    var cache = PrefixCache(capacity: 10)
    cache.insert(text([1, 1, 1]), Array(repeating: 0, count: 5))
    cache.insert(text([2, 2, 2]), Array(repeating: 0, count: 5))
    let used = try #require(cache.longestMatch(with: [1, 1, 1], atLeast: 1) { _ in true })
    _ = cache.use(used)
    cache.insert(text([3, 3, 3]), Array(repeating: 0, count: 5))
    #expect(cache.contains(text([1, 1, 1])))
    #expect(!cache.contains(text([2, 2, 2])))
    #expect(cache.contains(text([3, 3, 3])))
  }

  @Test func `of a requester's texts, those of sessions go last`() {
    var cache = PrefixCache(capacity: 15)
    let state: [UInt8] = Array(repeating: 0, count: 5)
    cache.insert(text([1, 1, 1], of: .user("a"), isOfSession: true), state)
    cache.insert(text([2, 2, 2], of: .user("b")), state)
    cache.insert(text([3, 3, 3], of: .user("a")), state)
    cache.insert(text([4, 4, 4], of: .user("a"), isOfSession: true), state)
    #expect(cache.contains(text([1, 1, 1], of: .user("a"))))
    #expect(!cache.contains(text([3, 3, 3], of: .user("a"))))
    #expect(cache.contains(text([2, 2, 2], of: .user("b"))), "it is another's")
    cache.insert(text([5, 5, 5], of: .user("b")), state)
    #expect(!cache.contains(text([1, 1, 1], of: .user("a"))), "there are only sessions of it")
    #expect(cache.contains(text([2, 2, 2], of: .user("b"))))
  }

  @Test func `what goes on a session's text belongs to it`() {
    var cache = PrefixCache(capacity: 10)
    let state: [UInt8] = Array(repeating: 0, count: 5)
    cache.insert(text([1, 1], isOfSession: true), state)
    cache.insert(text([1, 1, 1]), state)
    cache.insert(text([2, 2]), state)
    cache.insert(text([3, 3]), state)
    #expect(cache.contains(text([1, 1, 1])))
    #expect(!cache.contains(text([2, 2])))
  }

  @Test func `a text takes the place of its beginning`() {
    var cache = PrefixCache(capacity: 10)
    cache.insert(text([1, 2]), Array(repeating: 0, count: 5))
    cache.insert(text([7]), Array(repeating: 0, count: 5))
    cache.insert(text([1, 2, 3]), Array(repeating: 0, count: 5))
    #expect(cache.contains(text([1, 2])))
    #expect(cache.contains(text([7])))
  }

  @Test(arguments: [0, 4])
  func `what is larger than the cache is not kept`(capacity: Int) {
    var cache = PrefixCache(capacity: capacity)
    cache.insert(text([1, 2]), Array(repeating: 0, count: 5))
    #expect(!cache.contains(text([1, 2])))
  }

  private func text(
    _ tokens: [Int32],
    of requester: Requester = .anyone,
    isOfSession: Bool = false
  ) -> SeenText {
    SeenText(tokens: tokens, requester: requester, isOfSession: isOfSession)
  }
}
