import ArgumentParser

/// Writes docs/settings.md: for `make settings`.
struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings",
    abstract: "Print the settings of serve as a page in Markdown.",
    shouldDisplay: false
  )

  func run() {
    StandardOutput.write(SettingsTable.text)
  }
}
