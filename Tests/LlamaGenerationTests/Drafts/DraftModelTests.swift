import Generation
import Identifiers
import Testing

@testable import LlamaGeneration

/// What a draft model guesses as its texts change, with the model of the tests.
@Suite struct DraftModelTests {
  private static let model = Result { try LlamaModel(path: TestModel.path, gpuLayers: 0) }

  private let model: LlamaModel
  private let draftModel: DraftModel
  private let writer = Writer()

  private final class Writer {}

  /// In tokens; with what a draft has, 79.
  private static let contextLength = 64

  init() throws {
    self.model = try Self.model.get()
    self.draftModel = try Self.draftModel(self.model)
  }

  private static func draftModel(
    _ model: LlamaModel,
    sharing: LlamaConfiguration.PrefixSharing = .user
  ) throws -> DraftModel {
    try DraftModel(
      model,
      for: model,
      LlamaConfiguration(
        modelPath: TestModel.path,
        parallel: 3,
        contextLength: Self.contextLength,
        threads: 1,
        prefixSharing: sharing
      )
    )
  }

  private func text(
    _ text: String,
    slot: Int = 0,
    of user: String = "ann",
    writer: AnyObject? = nil
  ) -> DraftModel.Text {
    DraftModel.Text(
      slot: slot,
      tokens: self.model.tokens(
        of: Array(text.utf8)[...],
        addSpecial: false,
        parseSpecial: false
      ),
      requester: .user(.init(user)),
      writer: writer ?? self.writer
    )
  }

  private func guess(_ texts: DraftModel.Text...) throws -> [String] {
    try self.draftModel.guess(texts, threads: 1).map {
      String(decoding: self.model.bytes(of: $0.token), as: UTF8.self)
    }
  }

  private static let capitals = "The capital of Peru is Lima. The capital of Italy is Rome. "
  private static let italy = capitals + "The capital of Italy is"
  private static let letters = "A B C D E F G A B C D E F G A B C"
  private static let count = "1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8"

  @Test func `it guesses what follows texts in several slots`() throws {
    let guesses = try self.guess(
      self.text(Self.letters, slot: 0),
      self.text(Self.count, slot: 2),
      self.text(Self.italy, slot: 1)
    )
    #expect(guesses == [" D", " ", " Rome"])
  }

  @Test func `a text that goes on otherwise than guessed is read from there`() throws {
    _ = try self.guess(self.text(Self.capitals + "The capital of Italy was"))
    let other = self.text(Self.italy)
    #expect(self.draftModel.unreadCount(of: other) == 0)
    #expect(try self.guess(other) == [" Rome"])
    #expect(self.draftModel.unreadCount(of: other) == 0)
  }

  @Test func `a text that moves to another slot is remembered there`() throws {
    let text = self.text(Self.letters)
    _ = try self.guess(text, self.text(Self.count, slot: 2))
    self.draftModel.move(from: 0, to: 2)
    var moved = text
    moved.slot = 2
    #expect(self.draftModel.unreadCount(of: moved) == 0)
    #expect(try self.guess(moved) == [" D"])
    // Nothing moves where nothing is.
    self.draftModel.move(from: 1, to: 2)
    #expect(self.draftModel.unreadCount(of: moved) == text.tokens.count - 1)
    #expect(try self.guess(moved) == [" D"])
  }

  @Test func `what is read is judged from a place on`() throws {
    let text = self.text(Self.letters + " D E")
    let place = text.tokens.count - 2
    let judged = try self.draftModel.read(text, atMost: 1000, guessingFrom: place, threads: 1)
    #expect(self.draftModel.unreadCount(of: text) == 0)
    // The last token is not read, but guessed.
    #expect(judged.map(\.isRight) == [true, true])
    #expect(try self.draftModel.read(text, atMost: 1000, guessingFrom: 0, threads: 1).isEmpty)
  }

  @Test func `it reads as much as it may`() throws {
    let text = self.text(Self.letters)
    let count = text.tokens.count
    let judged = try self.draftModel.read(text, atMost: 5, guessingFrom: count, threads: 1)
    #expect(judged.isEmpty)
    #expect(self.draftModel.unreadCount(of: text) == count - 1 - 5)
    #expect(try self.guess(text) == [" D"])
  }

  @Test func `of a text longer than its context, it reads the end`() throws {
    let long = String(repeating: Self.count + " 9 ", count: 12) + "1 2 3 4 5 6 7 8 9 1 2 3"
    var text = self.text(long)
    try #require(text.tokens.count > 3 * Self.contextLength)
    let unread = try #require(self.draftModel.unreadCount(of: text))
    #expect(unread < Self.contextLength)
    #expect(try self.guess(text) == [" "])
    // Not all of the end again with every token.
    let end = self.model.tokens(
      of: Array(" 4 5 6 7 8 9".utf8)[...],
      addSpecial: false,
      parseSpecial: false
    )
    for token in end {
      text.tokens.append(token)
      #expect(self.draftModel.unreadCount(of: text) == 0)
      _ = try self.guess(text)
    }
  }

  @Test(
    arguments: [
      (.off, "ann", true), (.user, "ann", false), (.user, "bob", true), (.all, "bob", false),
    ] as [(LlamaConfiguration.PrefixSharing, String, Bool)]
  )
  func `a text's beginning is read anew unless it may be shared`(
    sharing: LlamaConfiguration.PrefixSharing,
    user: String,
    isReadAnew: Bool
  ) throws {
    let draftModel = try Self.draftModel(self.model, sharing: sharing)
    let first = self.text(Self.letters)
    _ = try draftModel.guess([first], threads: 1)
    #expect(draftModel.unreadCount(of: first) == 0)
    let second = self.text(Self.letters, of: user, writer: Writer())
    let unread = draftModel.unreadCount(of: second)
    #expect(unread == (isReadAnew ? second.tokens.count - 1 : 0))
  }

  @Test func `its times are measured, and leave nothing behind`() throws {
    try self.draftModel.measure(threads: 1)
    #expect(self.draftModel.cost.tokenTime.map { $0 > 0 } == true)
    #expect(self.draftModel.readingTime.map { $0 > .zero } == true)
    #expect(try self.guess(self.text(Self.letters)) == [" D"])
  }
}
