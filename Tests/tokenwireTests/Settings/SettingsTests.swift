import ArgumentParser
import Foundation
import Identifiers
import Testing

@testable import tokenwire

@Suite struct SettingsTests {
  @Test func `settings are named as the properties that declare them, and no two alike`() {
    let names = Settings.groups.flatMap { group in
      Mirror(reflecting: group.init()).children.map { child in
        let setting = child.value as? any DeclaredSetting
        #expect(setting?.name == child.label)
        return child.label
      }
    }
    #expect(!names.isEmpty)
    #expect(Set(names.map { Identifier($0 ?? "") }).count == names.count)
  }

  @Test(arguments: Settings.all)
  func `names follow one rule`(setting: any DeclaredSetting) {
    let name = setting.flag.dropFirst(2).replacing("-", with: "_").uppercased()
    #expect(setting.variable == "TOKENWIRE_" + name)
  }

  @Test(arguments: Settings.all)
  func `a default is one of the values that may be given`(setting: any DeclaredSetting) throws {
    guard setting.standard.text != nil else { return }
    try setting.check(SettingReader(flags: [:], environment: [:], file: nil))
  }

  @Test(arguments: Settings.all)
  func `each setting has a flag, which carries what was given`(setting: any DeclaredSetting) throws
  {
    let name = Identifier(setting.name)
    switch setting.shape {
    case .value, .path:
      #expect(try ServeCommand.parse([setting.flag, "a b"]).settings.values == [name: "a b"])
    case .signed:
      #expect(try ServeCommand.parse([setting.flag, "-1"]).settings.values == [name: "-1"])
    case .paths:
      let command = try ServeCommand.parse([setting.flag, "a", setting.flag, "b"])
      #expect(command.settings.values == [name: "a,b"])
    case .toggle:
      #expect(try ServeCommand.parse([setting.flag]).settings.values == [name: "true"])
    }
  }

  @Test func `without flags, nothing is given`() throws {
    #expect(try ServeCommand.parse([]).settings.values.isEmpty)
  }

  @Test func `each flag of serve is that of a setting`() {
    let help = ServeCommand.helpMessage(includeHidden: true)
    let flags = help.matches(of: /^  (?:-\w, )?(--[a-z-]+)/.anchorsMatchLineEndings())
      .map { Identifier($0.1) }
    let others: [Identifier] = ["--config", "--version", "--help"]
    let expected = Settings.all.map { Identifier($0.flag) } + others
    #expect(Set(flags).symmetricDifference(expected).subtracting(["--version"]).isEmpty)
  }

  @Test func `docs has all settings as they are`() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../docs/settings.md")
    let page = try String(contentsOf: file, encoding: .utf8)
    #expect(page == SettingsTable.text, "make settings writes docs/settings.md anew")
  }

  @Test func `each setting can come from the environment and from the file`() throws {
    for setting in Settings.all {
      let reader = try SettingReader(
        flags: [:],
        environment: [Identifier(setting.variable): "from the environment"],
        file: nil
      )
      #expect(try reader.text(of: setting) == "from the environment")
    }
    let members = Settings.all.map { "\"\($0.name)\": \"from the file\"" }
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    try Data("{\(members.joined(separator: ","))}".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let reader = try SettingReader(flags: [:], environment: [:], file: file.path)
    for setting in Settings.all {
      #expect(try reader.text(of: setting) == "from the file")
    }
  }

  @Test func `what a secret is, no message shows`() throws {
    let secret = Setting(
      "apiKey",
      .parsed("\"sk-\" and more") { $0.hasPrefix("sk-") ? $0 : nil },
      default: .absent(),
      isSecret: true,
      "The key of the other server."
    )
    let settings = try SettingReader(
      flags: [:],
      environment: ["TOKENWIRE_API_KEY": "hunter2"],
      file: nil,
      settings: [secret]
    )
    let error = #expect(throws: ConfigurationError.self) { try secret.read(from: settings) }
    #expect(
      error?.message == """
        --api-key (TOKENWIRE_API_KEY, or "apiKey" in the file) must be "sk-" and more
        """
    )
  }
}
