/// The settings of the server.
enum Settings {
  static let served = ServedSettings()
  static let http = HTTPSettings()
  static let general = GeneralSettings()
  static let engine = EngineSettings()
  static let access = AccessSettings()
  static let log = LogSettings()
  static let limits = LimitSettings()

  /// The groups, in the order of the table.
  static let groups: [any SettingGroup.Type] = [
    ServedSettings.self, HTTPSettings.self, GeneralSettings.self, EngineSettings.self,
    AccessSettings.self, LogSettings.self, LimitSettings.self,
  ]

  /// All of them.
  static let all: [any DeclaredSetting] = Self.groups.flatMap { $0.settings }

  /// Those that only `lambda` has, from flags and the environment.
  static let lambda = LambdaSettings()
}

/// Settings that belong together, one in each stored property; a mirror finds them, as in
/// ArgumentParser.
protocol SettingGroup: Sendable {
  /// The heading in the help.
  static var title: String { get }

  static var settings: [any DeclaredSetting] { get }

  init()
}

extension SettingGroup {
  static var settings: [any DeclaredSetting] {
    Mirror(reflecting: Self()).children.compactMap { $0.value as? any DeclaredSetting }
  }
}
