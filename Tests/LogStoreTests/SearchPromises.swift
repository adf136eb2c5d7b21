import Identifiers
import RequestLog
import Testing

/// What every store promises of searches: all find the same.
@Suite struct SearchPromises {
  private static func entry(_ prompt: String) -> NewEntry {
    NewEntry(userID: "ada", prompt: prompt, response: "No.")
  }

  @Test(arguments: StoreKind.allCases)
  func `words, phrases and beginnings are found`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      _ = try await store.append(.sample("Why is the SKY blue?"))
      for prompt in ["Das CAFÉ in der Straße, strasse", "東京都の天気"] {
        _ = try await store.append(Self.entry(prompt))
      }
      for (search, prompts) in [
        ("sky", ["Why is the SKY blue?"]),
        ("rayleigh sky", ["Why is the SKY blue?"]),
        ("sky rain", []),
        ("\"the sky\"", ["Why is the SKY blue?"]),
        ("\"sky the\"", []),
        // In one text, not from one to the other.
        ("\"blue because\"", []),
        ("\"the sky", ["Why is the SKY blue?"]),
        ("sk*", ["Why is the SKY blue?"]),
        ("\"is the sk\"*", ["Why is the SKY blue?"]),
        ("sk", []),
        ("strasse cafe", ["Das CAFÉ in der Straße, strasse"]),
        ("東京*", ["東京都の天気"]),
        ("sky ---", ["Why is the SKY blue?"]),
        ("C++ sky", []),
      ] {
        #expect(try await store.prompts(LogQuery(search: search)) == prompts, "\(search)")
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `words are found in scripts without spaces, and from right to left`(
    kind: StoreKind
  ) async throws {
    try await kind.withStore { store in
      let texts = [
        (
          "今日は東京都に行きました", ["東京", "京都", "行き", "今", "た", "は", "\"東京都に\"", "東京 行き"], ["東都", "京東", "大"]
        ),
        (
          "重跑gen-itgc后50条", ["gen", "itgc", "50", "后", "条", "重跑", "gen-itgc后50", "跑gen", "50条"],
          ["en", "5"]
        ),
        ("ผมอยากไปเที่ยวเชียงใหม่ปีหน้า", ["เชียงใหม่", "เที่ยว", "ปี", "ผม"], ["เชียงราย"]),
        ("서울에서 부산까지 갔다", ["서울", "부산", "까지", "\"서울에서 부산\""], ["대구", "울부"]),
        ("ｗｅｂサイト２０２４年の価格", ["web", "2024", "サイト", "年"], ["we"]),
        ("हिन्दी में लिखा", ["हिन्दी", "लिखा"], ["हिन"]),
        ("𠮷野家で食べた", ["𠮷野家", "𠮷", "野家"], ["吉野家"]),
        ("ភ្នំពេញ", ["ភ្នំ", "ពេញ"], ["សៀម"]),
        ("שלום עולם", ["שלום", "\"שלום עולם\"", "עול*"], ["עול"]),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"], ["العالم"]),
        ("party 🎉 time", ["party", "\"party time\"", "🎉 time"], []),
      ]
      for (text, found, notFound) in texts {
        let user = Identifier(text)
        var entry = Self.entry(text)
        entry.userID = user
        _ = try await store.append(entry)
        for search in found {
          let prompts = try await store.prompts(LogQuery(userID: user, search: search))
          #expect(prompts == [text], "\(search)")
        }
        for search in notFound {
          #expect(
            try await store.prompts(LogQuery(userID: user, search: search)).isEmpty,
            "\(search)"
          )
        }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `signs that make a word another one are not left out`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      for prompt in [
        "I like C++ more", "用C++写", "C++11", "C# it is", "C#语言", "vitamin C, and a+b",
        "see page#sky", "CAFE\u{301}",
      ] {
        _ = try await store.append(Self.entry(prompt))
      }
      for (search, found) in [
        ("C++", ["I like C++ more", "用C++写", "C++11"]), ("c", ["vitamin C, and a+b"]),
        ("C#", ["C# it is", "C#语言"]), ("lik*", ["I like C++ more"]),
        ("b", ["vitamin C, and a+b"]), ("page", ["see page#sky"]), ("sky", ["see page#sky"]),
        ("caf\u{E9}", ["CAFE\u{301}"]), ("cafe", ["CAFE\u{301}"]),
      ] {
        let prompts = try await store.prompts(LogQuery(search: search))
        #expect(prompts.sorted() == found.sorted(), "\(search)")
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `the syntax of the index is only text`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      _ = try await store.append(.sample("red"))
      for search in [
        "blue OR red", "NOT blue", "prompt : blue", "{prompt response} : blue", "blue + sky",
        "NEAR(blue sky, 2)", "^blue", "- blue", "(blue", "blue)", "blue' OR '1'='1", "blue; DROP",
        "blue\u{0}", "*blue", "blue**", "-blue", "\"blue", "\"\"\"blue\"\"", "b\"l\"u", "\\blue",
        "?1", "blue--", "/* blue */", "\"*\" blue", "\u{FEFF}blue", "🎌 blue", "blue:*",
        "blue & red",
        "!blue", "blue | red", "blue <-> sky", "'blue'", "blue\\",
      ] {
        let user = Identifier(search)
        _ = try await store.append(.sample("blue \(search)", user: user))
        // Finds the text that it is part of, and never fails.
        #expect(
          try await store.entries(LogQuery(userID: user, search: search)).count == 1,
          "\(search)"
        )
        #expect(
          try await store.entries(LogQuery(userID: "ada", search: search)).isEmpty,
          "\(search)"
        )
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `as many and as long words as fit can be searched for`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      let text = Array(repeating: "a", count: 512).joined(separator: " ")
      _ = try await store.append(Self.entry(text))
      #expect(try await store.entries(LogQuery(search: text)).count == 1)
      // Of which an index may have only the beginnings.
      let long = String(repeating: "ß", count: 490)
      for word in ["\(long)1", "\(long)2"] { _ = try await store.append(Self.entry(word)) }
      #expect(try await store.prompts(LogQuery(search: "\(long)1")) == ["\(long)1"])
      #expect(try await store.prompts(LogQuery(search: "\(long)*")).count == 2)
      #expect(try await store.prompts(LogQuery(search: long)).isEmpty)
    }
  }

  @Test(arguments: StoreKind.allCases, [LogQuery.Order.newestFirst, .oldestFirst])
  func `what is found comes in order, page by page`(
    kind: StoreKind,
    order: LogQuery.Order
  ) async throws {
    try await kind.withStore { store in
      try await store.fill(count: 600)
      try await store.fill(count: 3, user: "bob")
      _ = try await store.append(.sample("something else"))
      let found = try await store.entries(LogQuery(search: "question", order: order))
      #expect(found.count == 603)
      let ids = found.map(\.id)
      #expect(ids == (order == .oldestFirst ? ids.sorted() : ids.sorted(by: >)))
      let cursor = LogQuery(search: "question", limit: 5, after: ids[299], order: order)
      #expect(try await store.entries(cursor).map(\.id) == Array(ids[300 ..< 305]))
      #expect(try await store.entries(LogQuery(userID: "bob", search: "question")).count == 3)
      // Phrases of words that all entries have, and few in this order.
      _ = try await store.append(.sample("sky blue"))
      let phrase = LogQuery(search: "\"sky blue\"", order: order)
      #expect(try await store.prompts(phrase) == ["sky blue"])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a search ends with its caller's task`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.fill(count: 1000)
      let cancelled = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await store.entries(LogQuery(userID: "bob", search: "question"))
      }
      #expect(try await cancelled.value.isEmpty)
      #expect(try await store.entries(LogQuery(search: "question")).count == 1000)
    }
  }
}
