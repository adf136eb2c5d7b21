import Identifiers
import RequestLog
import TestTexts
import Testing

/// What every store promises of entries that it stores.
@Suite struct AppendPromises {
  private static let fields: [@Sendable (inout NewEntry, Identifier) -> Void] = [
    { $0.model = $1 }, { $0.generationID = $1 }, { $0.metadata = ["k": $1.text] },
    { $0.metadata = TextMap([(key: $1.text, value: "v")]) }, { $0.prompt = $1.text },
    { $0.response = $1.text }, { $0.sessionID = $1 },
  ]

  @Test(arguments: StoreKind.allCases)
  func `an entry is stored with a time and an id of its own`(kind: StoreKind) async throws {
    let clock = TestClock(microseconds: 1_700_000_000_123_456)
    try await kind.withStore(StoreSettings(clock: clock.now)) { store in
      let entry = try await store.append(.sample(key: "k"))
      #expect(entry.timestamp == Timestamp(microseconds: 1_700_000_000_123_456))
      #expect(entry.id.milliseconds == 1_700_000_000_123)
      #expect(entry.userID == "ada")
      #expect(
        entry.content
          == .text(prompt: "Why is the sky blue?", response: "Because of Rayleigh scattering.")
      )
      #expect(entry.promptBytes == 20 && entry.responseBytes == 31)
      #expect(entry.model == "smol" && entry.generationID == "g1")
      #expect(entry.metadata == ["client": "test"])
      #expect(entry.idempotencyKey == "k")
      #expect(try await store.entries() == [entry])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `entries of one time follow one another, in their times and ids`(
    kind: StoreKind
  ) async throws {
    let clock = TestClock()
    try await kind.withStore(StoreSettings(clock: clock.now)) { store in
      var entries: [StoredEntry] = []
      for _ in 0 ..< 5 { entries.append(try await store.append(.sample())) }
      // A clock that was set back.
      clock.set(microseconds: 5)
      entries.append(try await store.append(.sample()))
      #expect(entries.map(\.timestamp) == entries.map(\.timestamp).sorted())
      #expect(entries.map(\.id) == entries.map(\.id).sorted())
      #expect(Set(entries.map(\.id)).count == 6)
      #expect(entries[5].timestamp.microseconds == entries[0].timestamp.microseconds + 5)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `time goes on after a restart, whatever the clock says`(kind: StoreKind) async throws {
    try await kind.withPlace { place in
      let first = try await place.withStore { try await $0.append(.sample()) }
      let clock = TestClock(microseconds: 1)
      let second = try await place.withStore(StoreSettings(clock: clock.now)) {
        try await $0.append(.sample())
      }
      #expect(second.timestamp.microseconds == first.timestamp.microseconds + 1)
      #expect(second.id > first.id)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `each of many callers at once gets its own entry`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      let ids = try await withThrowingTaskGroup(of: (Int, ULID).self) { group in
        for number in 0 ..< 300 {
          group.addTask { (number, try await store.append(.sample("question \(number)")).id) }
        }
        var ids: [ULID: Int] = [:]
        for try await (number, id) in group { ids[id] = number }
        return ids
      }
      #expect(ids.count == 300)
      let entries = try await store.entries(LogQuery(order: .oldestFirst))
      #expect(
        entries.map(\.prompt) == entries.map { entry in ids[entry.id].map { "question \($0)" } }
      )
      #expect(entries.map(\.timestamp) == entries.map(\.timestamp).sorted())
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `the same key of the same user is one entry, also after a restart`(
    kind: StoreKind
  ) async throws {
    try await kind.withPlace { place in
      let first = try await place.withStore { store in
        let first = try await store.append(.sample(key: "k"))
        #expect(try await store.append(.sample(key: "k")) == first)
        #expect(try await store.append(.sample(user: "bob", key: "k")) != first)
        return first
      }
      try await place.withStore { store in
        let again = try await store.append(.sample(key: "k"))
        #expect(again == first)
        let error = await #expect(throws: LogError.self) {
          try await store.append(.sample("Other", key: "k"))
        }
        #expect(error?.code == .alreadyExists)
        #expect(error?.message == "idempotency_key was used for another entry")
        #expect(try await store.entries().count == 2)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `many callers with one key get one entry`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await withThrowingTaskGroup(of: ULID.self) { group in
        for _ in 0 ..< 50 { group.addTask { try await store.append(.sample(key: "k")).id } }
        var ids: Set<ULID> = []
        for try await id in group { ids.insert(id) }
        #expect(ids.count == 1)
      }
      #expect(try await store.entries().count == 1)
    }
  }

  @Test(arguments: StoreKind.allCases, CanonicallyEqual.pairs)
  func `what only looks the same is not the same`(
    kind: StoreKind,
    _ pair: (String, String)
  ) async throws {
    try await kind.withStore { store in
      for (index, set) in Self.fields.enumerated() {
        var first = NewEntry.sample(key: "\(index)")
        var second = first
        set(&first, Identifier(pair.0))
        set(&second, Identifier(pair.1))
        let stored = try await store.append(first)
        #expect(try await store.append(first) == stored)
        let other = second
        let error = await #expect(throws: LogError.self) { try await store.append(other) }
        #expect(error?.code == .alreadyExists)
      }
      for name in [pair.0, pair.1] {
        _ = try await store.append(.sample(name, user: Identifier(name), key: Identifier(name)))
      }
      for name in [pair.0, pair.1] {
        #expect(try await store.entries(LogQuery(userID: Identifier(name))).map(\.prompt) == [name])
      }
      #expect(try await store.erase(user: Identifier(pair.0)).entries == 1)
      #expect(try await store.entries(LogQuery(userID: Identifier(pair.1))).count == 1)
    }
  }

  /// Escapes of stores, of SQL and of JSON; U+0000 where PostgreSQL's types cannot have it; texts from
  /// right to left, emoji, and what is no character.
  private static let texts = [
    "a\u{0}b'\"; DROP TABLE entries; 🎌\r\n", "\u{0}", "\u{0}\u{0}0", "\u{1}", "\u{1}0",
    "\u{1}1\u{0}1",
    "\\0 \\u0000 \\\\", "{\"a\": [null]}", "{NULL,\"a\"}", "שלום עולם", "مرحبا بالعالم",
    "👩‍👩‍👧‍👦 e\u{301}",
    "\u{FEFF}\u{FFFE}\u{10FFFF}", "$1 %s '' ;--",
  ]

  @Test(arguments: StoreKind.allCases)
  func `all fields may hold anything`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      for text in Self.texts {
        let name = Identifier(text)
        var entry = NewEntry(
          userID: name,
          prompt: text,
          response: "\(text)\(text)",
          model: name,
          generationID: name,
          sessionID: name,
          idempotencyKey: name
        )
        for number in 0 ..< 40 { entry.metadata[Identifier("\(text)\(number)")] = text }
        let stored = try await store.append(entry)
        #expect(stored.content == .text(prompt: text, response: "\(text)\(text)"))
        #expect(stored.promptBytes == text.utf8.count)
        #expect(try await store.append(entry) == stored)
        let found = try await store.entries(LogQuery(userID: name, model: name, sessionID: name))
        #expect(found == [stored])
        #expect(try await store.stats(of: name).users.keys.map { $0 } == [name])
      }
      #expect(try await store.entries().count == Self.texts.count)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `texts as large as the limit are stored and found`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      // One of a single word, one of many short ones, and one of more than an index of words takes.
      let one = String(repeating: "x", count: 1 << 20)
      let many = String(repeating: "needle in a haystack ", count: (1 << 20) / 21)
      let different = (0 ..< 100_000).map { String($0 + 1_000_000) }.joined(separator: " ")
      for prompt in [one, many, different] { _ = try await store.append(.sample(prompt)) }
      #expect(
        try await store.entries().map(\.promptBytes) == [different, many, one].map(\.utf8.count)
      )
      #expect(try await store.prompts(LogQuery(search: "haystack")) == [many])
      #expect(try await store.prompts(LogQuery(search: "1054321")) == [different])
      #expect(try await store.prompts(LogQuery(search: "xx*")) == [one])
      #expect(try await store.prompts(LogQuery(search: "10543210")).isEmpty)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `what is over a limit is named`(kind: StoreKind) async throws {
    try await kind.withStore(StoreSettings(limits: EntryLimits(prompt: 10))) { store in
      let error = await #expect(throws: LogError.self) {
        try await store.append(.sample("eleven bytes"))
      }
      #expect(error?.code == .invalid)
      #expect(error?.message == "prompt may have at most 10 bytes. Given: 12")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a caller whose task is cancelled is told so, or its entry is stored`(
    kind: StoreKind
  ) async throws {
    try await kind.withStore { store in
      let tasks = (0 ..< 50).map { number in
        Task { try await store.append(.sample("\(number)")) }
      }
      for task in tasks { task.cancel() }
      var stored: Set<ULID> = []
      for task in tasks {
        switch await task.result {
        case .success(let entry): stored.insert(entry.id)
        case .failure(let error): #expect((error as? LogError)?.code == .cancelled)
        }
      }
      let ids = try await store.entries().map(\.id)
      #expect(Set(ids) == stored)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a closed store takes no more`(kind: StoreKind) async throws {
    try await kind.withPlace { place in
      let store = try await place.open()
      _ = try await store.append(.sample())
      await store.close()
      let error = await #expect(throws: LogError.self) { try await store.append(.sample()) }
      #expect(error?.code == .unavailable)
      await #expect(throws: LogError.self) { try await store.entries() }
      await store.close()
    }
  }

  /// Stands for SHA-256.
  private static let hash: @Sendable (String) -> [UInt8] = { Array($0.utf8.reversed()) }

  @Test(arguments: StoreKind.allCases)
  func `texts are not kept when only their sizes or hashes are wanted`(
    kind: StoreKind
  ) async throws {
    try await kind.withPlace { place in
      let full = try await place.withStore { try await $0.append(.sample(key: "full")) }
      try await place.withStore(StoreSettings(content: .metadataOnly)) { store in
        let entry = try await store.append(.sample("secret"))
        #expect(entry.content == .none)
        #expect(entry.promptBytes == 6)
        #expect(try await store.entries().first == entry)
        // Compared by what is kept.
        #expect(try await store.append(.sample(key: "full")) == full)
        let error = await #expect(throws: LogError.self) {
          try await store.append(.sample("longer than it was before", key: "full"))
        }
        #expect(error?.code == .alreadyExists)
      }
      try await place.withStore(StoreSettings(content: .hashed(contentHash: Self.hash))) { store in
        let entry = try await store.append(.sample("secret", key: "k"))
        #expect(
          entry.content
            == .hashes(
              prompt: Array("terces".utf8),
              response: Self.hash("Because of Rayleigh scattering.")
            )
        )
        #expect(try await store.append(.sample("secret", key: "k")) == entry)
        let error = await #expect(throws: LogError.self) {
          try await store.append(.sample("public", key: "k"))
        }
        #expect(error?.code == .alreadyExists)
        #expect(try await store.entries(LogQuery(search: "secret")).isEmpty)
      }
    }
  }
}
