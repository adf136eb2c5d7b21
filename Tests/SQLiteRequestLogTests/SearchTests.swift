import Identifiers
import SQLite
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite struct SearchTests {
  @Test(arguments: [
    ("sky", ["Why is the SKY blue?"]),
    ("rayleigh sky", ["Why is the SKY blue?"]),
    ("sky rain", []),
    ("\"the sky\"", ["Why is the SKY blue?"]),
    ("\"sky the\"", []),
    ("\"the sky", ["Why is the SKY blue?"]),
    ("sk*", ["Why is the SKY blue?"]),
    ("\"is the sk\"*", ["Why is the SKY blue?"]),
    ("sk", []),
    ("strasse cafe", ["Das CAFÉ in der Straße, strasse"]),
    ("東京*", ["東京都の天気"]),
    ("sky ---", ["Why is the SKY blue?"]),
    ("C++ sky", []),
  ])
  func `words, phrases and beginnings are found`(search: String, prompts: [String]) async throws {
    try await withLog { log, _ in
      _ = try await log.append(.sample("Why is the SKY blue?"))
      for prompt in ["Das CAFÉ in der Straße, strasse", "東京都の天気"] {
        var entry = NewEntry.sample(prompt)
        entry.response = "No."
        _ = try await log.append(entry)
      }
      let found = try await log.entries(LogQuery(search: search)).compactMap(\.prompt)
      #expect(found == prompts)
    }
  }

  /// Chinese, Japanese, Thai, Korean, and what stands among them.
  @Test(arguments: [
    ("今日は東京都に行きました", ["東京", "京都", "行き", "今", "た", "は", "\"東京都に\"", "東京 行き"], ["東都", "京東", "大"]),
    (
      "重跑gen-itgc后50条", ["gen", "itgc", "50", "后", "条", "重跑", "gen-itgc后50", "跑gen", "50条"],
      ["en", "5"]
    ),
    (
      "ผมอยากไปเที่ยวเชียงใหม่ปีหน้า", ["เชียงใหม่", "เที่ยว", "ปี", "ผม"], ["เชียงราย"]
    ),
    ("서울에서 부산까지 갔다", ["서울", "부산", "까지", "\"서울에서 부산\""], ["대구", "울부"]),
    ("ｗｅｂサイト２０２４年の価格", ["web", "2024", "サイト", "年"], ["we"]),
    ("हिन्दी में लिखा", ["हिन्दी", "लिखा"], ["हिन"]),
    ("𠮷野家で食べた", ["𠮷野家", "𠮷", "野家"], ["吉野家"]),
    ("ភ្នំពេញ", ["ភ្នំ", "ពេញ"], ["សៀម"]),
  ])
  func `words are found in scripts without spaces`(
    text: String,
    found: [String],
    notFound: [String]
  ) async throws {
    try await withLog { log, path in
      for isIndexed in [false, true] {
        if isIndexed {
          try await log.index()
        } else {
          _ = try await log.append(.sample("something else"))
          _ = try await log.append(.sample(text))
        }
        for search in found {
          let entries = try await log.entries(LogQuery(search: search))
          #expect(entries.map(\.prompt) == [text], "\(search)")
        }
        for search in notFound {
          #expect(try await log.entries(LogQuery(search: search)).isEmpty, "\(search)")
        }
      }
      try checkIndex(on: Connection(path: path))
    }
  }

  @Test(arguments: [
    ("C++", ["I like C++ more", "用C++写", "C++11"]), ("c", ["vitamin C, and a+b"]),
    ("C#", ["C# it is", "C#语言"]), ("lik*", ["I like C++ more"]),
    ("b", ["vitamin C, and a+b"]), ("page", ["see page#sky"]), ("sky", ["see page#sky"]),
    ("caf\u{E9}", ["CAFE\u{301}"]), ("cafe", ["CAFE\u{301}"]),
  ])
  func `signs that make a word another one are not left out`(
    search: String,
    found: [String]
  ) async throws {
    try await withLog { log, _ in
      for prompt in [
        "I like C++ more", "用C++写", "C++11", "C# it is", "C#语言", "vitamin C, and a+b",
        "see page#sky",
        "CAFE\u{301}",
      ] {
        _ = try await log.append(NewEntry(userID: "ada", prompt: prompt, response: "No."))
      }
      let prompts = try await log.entries(LogQuery(search: search)).compactMap(\.prompt)
      #expect(prompts.sorted() == found.sorted())
    }
  }

  @Test(arguments: ["+", "!!!", "🎌", "--", "\"?\"", "\u{200B}"])
  func `what cannot be found is said`(search: String) async throws {
    try await withLog { log, _ in
      let error = #expect(throws: LogError.self) { try log.query(LogQuery(search: search)) }
      #expect(error?.message == "search has no word in it: punctuation alone is not found")
    }
  }

  @Test(arguments: [
    "blue OR red", "NOT blue", "prompt : blue", "{prompt response} : blue", "blue + sky",
    "NEAR(blue sky, 2)", "^blue", "- blue", "(blue", "blue)", "blue' OR '1'='1", "blue; DROP",
    "blue\u{0}", "*blue", "blue**", "-blue", "\"blue", "\"\"\"blue\"\"", "b\"l\"u", "\\blue", "?1",
    "blue--", "/* blue */", "\"*\" blue", "\u{FEFF}blue", "🎌 blue",
  ])
  func `the syntax of FTS5 is only text`(search: String) async throws {
    try await withLog { log, _ in
      _ = try await log.append(.sample("blue \(search)"))
      _ = try await log.append(.sample("red"))
      // Finds the text that it is part of, and never fails.
      let found = try await log.entries(LogQuery(search: search))
      #expect(found.count == 1)
    }
  }

  @Test func `as many words as fit can be searched for`() async throws {
    try await withLog { log, _ in
      let text = Array(repeating: "a", count: 512).joined(separator: " ")
      _ = try await log.append(.sample(text))
      #expect(try await log.entries(LogQuery(search: text)).count == 1)
    }
  }

  /// Some of it from the log's index, and some from the entries that are not in it yet.
  @Test(arguments: [LogQuery.Order.newestFirst, .oldestFirst], [0, 100, 300, 600])
  func `what is found comes in order, page by page`(
    order: LogQuery.Order,
    indexed: Int
  ) async throws {
    try await withLog { log, _ in
      try await log.fill(count: indexed)
      try await log.index()
      try await log.fill(count: 600 - indexed)
      try await log.fill(count: 3, user: "bob")
      _ = try await log.append(.sample("something else"))
      let found = try await log.entries(LogQuery(search: "question", order: order))
      #expect(found.count == 603)
      let ids = found.map(\.id)
      #expect(ids == (order == .oldestFirst ? ids.sorted() : ids.sorted(by: >)))
      let cursor = LogQuery(search: "question", limit: 5, after: ids[299], order: order)
      #expect(try await log.entries(cursor).map(\.id) == Array(ids[300 ..< 305]))
      #expect(try await log.entries(LogQuery(userID: "bob", search: "question")).count == 3)
    }
  }

  @Test func `pages are found by key, without sorting`() async throws {
    try await withLog { log, path in
      try await log.fill(count: 3)
      for query in [
        LogQuery(), LogQuery(userID: "a"), LogQuery(search: "a"),
        LogQuery(userID: "a", model: "m", search: "a", order: .oldestFirst),
      ] {
        let plan = try plan(of: LogReader.sql(PositionQuery(try ValidQuery(query))), in: path)
        #expect(!plan.contains("TEMP B-TREE"))
        #expect(!plan.contains("SCAN entries"))
      }
    }
  }

  @Test func `a search that takes too long is told so, and nobody else waits for it`() async throws
  {
    let configuration = SQLiteLogStore.Configuration(readers: 1, searchTime: .zero)
    try await withLog(configuration) { log, _ in
      try await log.fill(count: 3000)
      try await log.index()
      let error = await #expect(throws: LogError.self) {
        try await log.entries(LogQuery(userID: "bob", search: "question"))
      }
      #expect(error?.code == .overloaded)
      #expect(
        error?.message == "The search takes too long: bound its times, or search for longer words"
      )
      #expect(try await log.entries(LogQuery(limit: 3)).count == 3)
    }
  }

  @Test func `a search ends with its caller's task`() async throws {
    try await withLog { log, _ in
      try await log.fill(count: 3000)
      let cancelled = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await log.entries(LogQuery(userID: "bob", search: "question"))
      }
      #expect(try await cancelled.value.isEmpty)
      #expect(try await log.entries(LogQuery(search: "question")).count == 3000)
    }
  }

  @Test(arguments: [LogQuery.Order.newestFirst, .oldestFirst])
  func `entries of a model are found among many of others`(order: LogQuery.Order) async throws {
    try await withLog { log, _ in
      var rare: [StoredEntry] = []
      for _ in 0 ..< 3 {
        var entry = NewEntry.sample("rare")
        entry.model = "rare"
        rare.append(try await log.append(entry))
        for _ in 0 ..< 3 { try await log.fill(count: 3000) }
      }
      if order == .newestFirst { rare.reverse() }
      #expect(try await log.entries(LogQuery(model: "rare", order: order)) == rare)
      #expect(try await log.entries(LogQuery(userID: "ada", model: "rare", order: order)) == rare)
      #expect(
        try await log.entries(LogQuery(model: "rare", limit: 2, order: order))
          == Array(rare.prefix(2))
      )
      #expect(try await log.entries(LogQuery(model: "none", order: order)).isEmpty)
    }
  }
}
