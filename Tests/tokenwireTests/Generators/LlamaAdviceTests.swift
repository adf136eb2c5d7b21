import LlamaGeneration
import Testing

@testable import tokenwire

@Suite struct LlamaAdviceTests {
  static let cases: [(error: LlamaLoadError, message: String, advice: String)] = [
    (
      LlamaLoadError("Too much", .lower([.contextLength])),
      "Too much: lower contextLength",
      "Too much: lower --context"
    ),
    (
      LlamaLoadError("Too much", .lower([.parallel, .contextLength])),
      "Too much: lower parallel or contextLength",
      "Too much: lower --parallel or --context"
    ),
    (
      LlamaLoadError("Too much", .lower([.parallel, .contextLength, .prefixCacheSize])),
      "Too much: lower parallel, contextLength or prefixCacheSize",
      "Too much: lower --parallel, --context or --prefix-cache"
    ),
    (
      LlamaLoadError("The file is damaged", .debugLog),
      "The file is damaged (the log at level debug tells more)",
      "The file is damaged (--log-level debug tells more)"
    ),
    (LlamaLoadError("It is a folder"), "It is a folder", "It is a folder"),
  ]

  @Test(arguments: cases)
  func `the engine says what is wrong, and the command with which flags to help it`(
    error: LlamaLoadError,
    message: String,
    advice: String
  ) {
    #expect(error.description == message)
    #expect(error.messageWithFlags == advice)
  }
}
