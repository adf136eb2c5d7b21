/// What a setting is where nothing is given.
struct SettingDefault: Sendable {
  /// As it would be given; empty where the setting is then as good as absent. Nil: one must be given.
  let text: String?
  /// What help and the table say of it; nil: nothing.
  let shown: String?

  private init(text: String?, shown: String?) {
    self.text = text
    self.shown = shown
  }

  /// - Parameter shown: what to say of it instead of the text itself.
  static func text(_ text: String, shownAs shown: String) -> Self {
    Self(text: text, shown: shown)
  }

  /// - Parameter shown: what it means that it is absent, if that needs to be said.
  static func absent(shownAs shown: String? = nil) -> Self { Self(text: "", shown: shown) }

  static let required = Self(text: nil, shown: nil)
}

extension SettingDefault: ExpressibleByStringLiteral {
  init(stringLiteral text: String) {
    self.init(text: text, shown: text)
  }
}
