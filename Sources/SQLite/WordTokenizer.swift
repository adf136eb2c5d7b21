internal import CSQLite

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Splits text into words for FTS5, even in scripts without spaces.
///
/// It extends SQLite's `unicode61`, which splits at everything but letters, digits and marks, and
/// removes case and accents (https://sqlite.org/fts5.html section 4.3.1). It adds:
///
/// - Chinese, Japanese, Korean, Thai and the like (`Unicode.Scalar.isUnspaced`) become overlapping
///   pairs of characters, plus the last character of each run alone: a phrase of pairs matches
///   adjacent characters, and one character matches as a prefix.
/// - Letters and digits beside such characters are words of their own, including full-width ones.
/// - `C++` and `C#` are words: two plus signs after a letter belong to it, and so does a number
///   sign that no letter or digit follows.
public enum WordTokenizer {
  /// Its name in `CREATE VIRTUAL TABLE`.
  public static let name = "words"

  /// "Mn" and "Mc": the vowels of many scripts are marks.
  fileprivate static let arguments = [
    "remove_diacritics", "2", "categories", "L* N* Co Mn Mc",
  ]
}

extension Connection {
  /// Lets this connection use FTS5 tables with the `WordTokenizer`.
  public func addWordTokenizer() throws(SQLiteError) {
    let api = try self.fts5()
    var functions = fts5_tokenizer(
      xCreate: { context, _, _, tokenizer in
        guard let context, let tokenizer else { return SQLITE_MISUSE }
        let api = context.assumingMemoryBound(to: fts5_api.self)
        return Parent.make(api) { parent in
          tokenizer.pointee = OpaquePointer(Unmanaged.passRetained(parent).toOpaque())
        }
      },
      xDelete: { tokenizer in
        guard let tokenizer else { return }
        Unmanaged<Parent>.fromOpaque(UnsafeRawPointer(tokenizer)).release()
      },
      xTokenize: { tokenizer, context, flags, text, count, emit in
        guard let tokenizer, let emit, let text else { return SQLITE_OK }
        let parent = Unmanaged<Parent>.fromOpaque(UnsafeRawPointer(tokenizer))
        return parent._withUnsafeGuaranteedRef { parent in
          parent.tokenize(
            Words(
              text: UnsafeBufferPointer(start: text, count: Int(count)),
              isQuery: flags & FTS5_TOKENIZE_QUERY != 0,
              context: context,
              emit: emit
            ),
            flags: flags
          )
        }
      }
    )
    let result = api.pointee.xCreateTokenizer(
      api,
      WordTokenizer.name,
      UnsafeMutableRawPointer(api),
      &functions,
      nil
    )
    guard result == SQLITE_OK else { throw SQLiteError(result, on: self.handle) }
  }

  /// FTS5's functions, valid as long as the connection (https://sqlite.org/fts5.html section 7).
  fileprivate func fts5() throws(SQLiteError) -> UnsafeMutablePointer<fts5_api> {
    var api: UnsafeMutablePointer<fts5_api>?
    var statement: OpaquePointer?
    let result = sqlite3_prepare_v2(self.handle, "SELECT fts5(?1)", -1, &statement, nil)
    guard result == SQLITE_OK else { throw SQLiteError(result, on: self.handle) }
    defer { sqlite3_finalize(statement) }
    withUnsafeMutablePointer(to: &api) { api in
      // SQLite reads the name by its address when the statement runs.
      "fts5_api_ptr".withCString { name in
        _ = sqlite3_bind_pointer(statement, 1, api, name, nil)
        // The row itself is unused: the statement has filled in the pointer.
        _ = sqlite3_step(statement)
      }
    }
    guard let api else { throw SQLiteError(.error, "this SQLite has no FTS5") }
    return api
  }
}

/// Splits texts into the words that FTS5 would index with the `WordTokenizer`, for an index that is
/// elsewhere.
public final class WordSplitter {
  /// The tokenizer's functions live as long as its connection.
  private let connection: Connection
  private let parent: Parent

  /// Creates a splitter.
  ///
  /// - Throws: when this SQLite has no FTS5.
  public init() throws(SQLiteError) {
    self.connection = try Connection()
    var parent: Parent?
    let result = Parent.make(try self.connection.fts5()) { parent = $0 }
    guard result == SQLITE_OK, let parent else { throw SQLiteError(result, on: nil) }
    self.parent = parent
  }

  /// Calls `body` with the UTF-8 of each word of a text, in order.
  ///
  /// - Parameter isQuery: whether the text is a phrase to search for.
  public func split(
    _ text: String,
    isQuery: Bool = false,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    var text = text
    withoutActuallyEscaping(body) { body in
      var sink = WordSink(body: body)
      withUnsafeMutablePointer(to: &sink) { sink in
        text.withUTF8 { bytes in
          bytes.withMemoryRebound(to: CChar.self) { bytes in
            let words = Words(
              text: bytes,
              isQuery: isQuery,
              context: UnsafeMutableRawPointer(sink)
            ) { sink, _, word, count, _, _ in
              guard let sink, let word else { return SQLITE_OK }
              sink.assumingMemoryBound(to: WordSink.self).pointee.body(
                UnsafeRawBufferPointer(start: word, count: Int(count))
              )
              return SQLITE_OK
            }
            // It fails only when `emit` does.
            _ = self.parent.tokenize(
              words,
              flags: isQuery ? FTS5_TOKENIZE_QUERY : FTS5_TOKENIZE_DOCUMENT
            )
          }
        }
      }
    }
  }
}

private struct WordSink {
  let body: (UnsafeRawBufferPointer) -> Void
}

/// The tokenizer whose words are split further.
private final class Parent {
  private let functions: fts5_tokenizer
  private let tokenizer: OpaquePointer

  private init(_ functions: fts5_tokenizer, _ tokenizer: OpaquePointer) {
    self.functions = functions
    self.tokenizer = tokenizer
  }

  deinit {
    self.functions.xDelete(self.tokenizer)
  }

  /// - Returns: a result code of SQLite; `use` is called when it is `SQLITE_OK`.
  static func make(_ api: UnsafeMutablePointer<fts5_api>, _ use: (Parent) -> Void) -> Int32 {
    var functions = fts5_tokenizer()
    var context: UnsafeMutableRawPointer?
    var result = api.pointee.xFindTokenizer(api, "unicode61", &context, &functions)
    guard result == SQLITE_OK else { return result }
    var tokenizer: OpaquePointer?
    var arguments = WordTokenizer.arguments.map { UnsafePointer(strdup($0)) }
    defer { for argument in arguments { free(UnsafeMutablePointer(mutating: argument)) } }
    result = functions.xCreate(context, &arguments, Int32(arguments.count), &tokenizer)
    guard result == SQLITE_OK, let tokenizer else { return result }
    use(Parent(functions, tokenizer))
    return SQLITE_OK
  }

  func tokenize(_ words: consuming Words, flags: Int32) -> Int32 {
    let text = words.text
    let result = withUnsafeMutablePointer(to: &words) { words in
      self.functions.xTokenize(
        self.tokenizer,
        words,
        flags,
        text.baseAddress,
        Int32(text.count)
      ) { words, _, token, count, start, end in
        guard let words, let token else { return SQLITE_OK }
        return words.assumingMemoryBound(to: Words.self).pointee.add(
          UnsafeRawBufferPointer(start: token, count: Int(count)),
          at: start ..< end
        )
      }
    }
    return result
  }
}

/// The words of one text, for the index or a query.
private struct Words {
  typealias Emit =
    @convention(c) (
      UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, Int32, Int32, Int32
    ) -> Int32

  let text: UnsafeBufferPointer<CChar>
  let isQuery: Bool
  let context: UnsafeMutableRawPointer?
  let emit: Emit
  /// In a query, the last character of a run: it is a word only if more of the phrase follows.
  private var pending: [UInt8] = []
  private var pendingPlace: Range<Int32> = 0 ..< 0

  init(
    text: UnsafeBufferPointer<CChar>,
    isQuery: Bool,
    context: UnsafeMutableRawPointer?,
    emit: @escaping Emit
  ) {
    self.text = text
    self.isQuery = isQuery
    self.context = context
    self.emit = emit
  }

  /// Adds a word of `unicode61`.
  ///
  /// - Parameter place: where it is in the text, in bytes.
  mutating func add(_ token: UnsafeRawBufferPointer, at place: Range<Int32>) -> Int32 {
    if !self.pending.isEmpty {
      let result = self.pending.withUnsafeBytes { self.word($0, at: self.pendingPlace) }
      self.pending = []
      guard result == SQLITE_OK else { return result }
    }
    // Other words need nothing more: all special characters have three bytes.
    guard token.contains(where: { $0 >= 0xE0 }) else { return self.lastWord(token, at: place) }
    return self.parts(of: token, at: place)
  }

  private mutating func parts(of token: UnsafeRawBufferPointer, at place: Range<Int32>) -> Int32 {
    var result = SQLITE_OK
    /// Where the current word, and the last character of a run, begin.
    var word: Int?
    var previous: Int?
    var isPaired = false
    var index = 0
    while index < token.count, result == SQLITE_OK {
      let (scalar, end) = Self.scalar(in: token, at: index)
      if scalar.isUnspaced {
        if let start = word {
          result = self.word(self.narrowed(token, start ..< index), at: place)
          word = nil
        }
        if let previous {
          isPaired = true
          result = self.word(UnsafeRawBufferPointer(rebasing: token[previous ..< end]), at: place)
        }
        previous = index
      } else {
        if let start = previous {
          result = self.word(UnsafeRawBufferPointer(rebasing: token[start ..< index]), at: place)
          previous = nil
          isPaired = false
        }
        word = word ?? index
      }
      index = end
    }
    guard result == SQLITE_OK else { return result }
    if let word { return self.lastWord(self.narrowed(token, word ..< token.count), at: place) }
    guard let previous else { return SQLITE_OK }
    let last = UnsafeRawBufferPointer(rebasing: token[previous...])
    guard self.isQuery, isPaired else { return self.word(last, at: place) }
    self.pending = Array(last)
    self.pendingPlace = place
    return SQLITE_OK
  }

  /// The last word of the token, with the signs that belong to it.
  private func lastWord(_ word: some Sequence<UInt8>, at place: Range<Int32>) -> Int32 {
    guard let signs = self.signs(at: Int(place.upperBound)) else {
      return self.word(word, at: place)
    }
    let text = Array(word)
    guard let last = text.last, UInt8(ascii: "a") ... UInt8(ascii: "z") ~= last else {
      return self.word(text, at: place)
    }
    return self.word(text + signs, at: place)
  }

  private func signs(at index: Int) -> [UInt8]? {
    guard index < self.text.count else { return nil }
    let next = index + 1 < self.text.count ? UInt8(bitPattern: self.text[index + 1]) : 0
    switch UInt8(bitPattern: self.text[index]) {
    case UInt8(ascii: "+"): return next == UInt8(ascii: "+") ? Array("++".utf8) : nil
    case UInt8(ascii: "#"): return next.isAlphanumeric ? nil : Array("#".utf8)
    default: return nil
    }
  }

  private func word(_ word: some Sequence<UInt8>, at place: Range<Int32>) -> Int32 {
    let emitted = word.withContiguousStorageIfAvailable { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        self.emit(
          self.context,
          0,
          $0.baseAddress,
          Int32($0.count),
          place.lowerBound,
          place.upperBound
        )
      }
    }
    return emitted ?? self.word(Array(word), at: place)
  }

  /// A part of the token, with full-width letters and digits as ASCII.
  private func narrowed(_ token: UnsafeRawBufferPointer, _ range: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
      let (scalar, end) = Self.scalar(in: token, at: index)
      switch scalar {
      case 0xFF10 ... 0xFF19, 0xFF21 ... 0xFF3A, 0xFF41 ... 0xFF5A:
        bytes.append(UInt8(truncatingIfNeeded: scalar - 0xFEE0))
      default: bytes.append(contentsOf: token[index ..< end])
      }
      index = end
    }
    return bytes
  }

  /// `unicode61` writes UTF-8, whatever it reads; a truncated character ends with the token.
  private static func scalar(
    in bytes: UnsafeRawBufferPointer,
    at index: Int
  ) -> (scalar: UInt32, end: Int) {
    let first = UInt32(bytes[index])
    let (count, bits): (Int, UInt32) =
      switch first {
      case ..<0x80: (1, 0x7F)
      case ..<0xE0: (2, 0x1F)
      case ..<0xF0: (3, 0x0F)
      default: (4, 0x07)
      }
    let end = min(index + count, bytes.count)
    var scalar = first & bits
    for byte in bytes[(index + 1) ..< end] { scalar = scalar << 6 | UInt32(byte & 0x3F) }
    return (scalar, end)
  }
}

extension Unicode.Scalar {
  /// Whether its script has no spaces between words, or, as in Korean, attaches more to a word.
  public var isUnspaced: Bool { self.value.isUnspaced }
}

extension UInt32 {
  fileprivate var isUnspaced: Bool {
    switch self {
    case ..<0x0E00: false
    // Thai, Lao, Burmese, Hangul's letters, Khmer, and scripts close to them.
    case 0x0E00 ... 0x0EFF, 0x1000 ... 0x109F, 0x1100 ... 0x11FF, 0x1780 ... 0x17FF: true
    case 0x1950 ... 0x19FF, 0x1A20 ... 0x1AAF, 0x1B00 ... 0x1B7F: true
    // Chinese, Japanese and Yi.
    case 0x2E80 ... 0x2FDF, 0x3005 ... 0x3007, 0x3021 ... 0x3035, 0x3040 ... 0x31BF: true
    case 0x31F0 ... 0x31FF, 0x3400 ... 0x4DBF, 0x4E00 ... 0xA4CF: true
    // Hangul's other letters, Javanese, more of Burmese, Tai Viet, Hangul's syllables.
    case 0xA960 ... 0xA9FF, 0xAA60 ... 0xAADF, 0xAC00 ... 0xD7FF: true
    // For compatibility with older encodings: Chinese, and half-width letters.
    case 0xF900 ... 0xFAFF, 0xFF66 ... 0xFFDC: true
    case 0x1AFF0 ... 0x1B2FF, 0x20000 ... 0x3FFFF: true
    default: false
    }
  }
}

extension UInt8 {
  fileprivate var isAlphanumeric: Bool {
    switch self {
    case UInt8(ascii: "0") ... UInt8(ascii: "9"), UInt8(ascii: "A") ... UInt8(ascii: "Z"),
      UInt8(ascii: "a") ... UInt8(ascii: "z"):
      true
    default: false
    }
  }
}
