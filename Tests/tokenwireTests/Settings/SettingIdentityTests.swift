import Foundation
import Identifiers
import LlamaGeneration
import Logging
import TestTexts
import Testing

@testable import tokenwire

/// Names of settings, and what is in them, are compared by their bytes.
@Suite struct SettingIdentityTests {
  /// U+212A, the Kelvin sign, is a "K" for Swift.
  @Test func `a setting with a Kelvin sign in its name is none`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    try Data(#"{"generator": "scripted", "tls\#u{212A}ey": "k.pem"}"#.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let error = #expect(throws: ConfigurationError.self) {
      try ServerConfiguration(flags: [:], environment: [:], file: file.path)
    }
    #expect(error?.message.contains("is not a setting") == true)
    let configuration = try ServerConfiguration(
      flags: ["generator": "scripted"],
      environment: ["TO\u{212A}ENWIRE_LOG_LEVEL": "trace"],
      file: nil
    )
    #expect(configuration.logLevel == .info)
  }

  @Test func `a unit with a Kelvin sign in it is none`() throws {
    #expect(throws: ConfigurationError.self) {
      try ServerConfiguration(
        flags: ["generator": "scripted", "maxMessageSize": "64\u{212A}iB"],
        environment: [:],
        file: nil
      )
    }
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `two models may have names that look the same, and not one name twice`(
    _ first: String,
    _ second: String
  ) throws {
    func models(_ names: [String]) throws -> ServerConfiguration.Generator {
      try ServerConfiguration(
        flags: ["model": names.map { "\($0)=/m.gguf" }.joined(separator: ",")],
        environment: [:],
        file: nil
      ).generator
    }
    guard case .llama(let both, _) = try models([first, second]) else {
      Issue.record("the generator is another")
      return
    }
    #expect(both.map(\.modelID) == [Identifier(first), Identifier(second)])
    #expect(throws: ConfigurationError.self) { _ = try models([first, first]) }
  }
}
