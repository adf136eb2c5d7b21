/// A setting's value when none is given.
struct SettingDefault: Sendable {
  /// The default as it would be given; empty means absent. Nil: the setting is required.
  let text: String?
  /// The default in the help and the table; nil: none is shown.
  let shown: String?

  private init(text: String?, shown: String?) {
    self.text = text
    self.shown = shown
  }

  /// - Parameter shown: shown instead of the text.
  static func text(_ text: String, shownAs shown: String) -> Self {
    Self(text: text, shown: shown)
  }

  /// - Parameter shown: what absence means, if that should be shown.
  static func absent(shownAs shown: String? = nil) -> Self { Self(text: "", shown: shown) }

  static let required = Self(text: nil, shown: nil)
}

extension SettingDefault: ExpressibleByStringLiteral {
  init(stringLiteral text: String) {
    self.init(text: text, shown: text)
  }
}
