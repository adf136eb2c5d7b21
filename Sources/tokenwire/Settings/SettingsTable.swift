/// All settings in Markdown: docs/settings.md.
enum SettingsTable {
  static var text: String {
    let sections = (Settings.groups + [LambdaSettings.self]).map { group in
      let rows = group.settings.map { Self.row(for: $0) }
      return """
        ## \(group.title)

        | setting | what it may be | default | has an effect with | |
        | --- | --- | --- | --- | --- |
        \(rows.joined(separator: "\n"))
        """
    }
    return """
      # Settings

      The settings of `tokenwire serve` and `tokenwire lambda`: each has a flag, an environment variable,
      and a key in the configuration file (`--config`, `TOKENWIRE_CONFIG`). The flag counts before the
      variable, that before the file, and that before the default. In the file, which is strict JSON,
      values are as they are on the command line; numbers, true and false may be there without quotes.
      Those under Lambda are of `tokenwire lambda` alone, and cannot be in the file.

      A time is a number with a unit (`ns`, `us`, `ms`, `s`, `m`, `h`, `d`), or in seconds; a size is a
      number of bytes, or of `KiB`, `MiB` or `GiB`. [running.md](running.md) tells what settings are for.

      This page is made from their declarations in `Sources/tokenwire/Settings`, by `make settings`.

      \(sections.joined(separator: "\n\n"))

      """
  }

  private static func row(for setting: any DeclaredSetting) -> String {
    let names = [setting.flag, setting.variable, setting.name].map { "`\($0)`" }
    let standard =
      setting.standard.text == nil ? "none: one must be given" : setting.standard.shown ?? "none"
    let condition = setting.condition.map { "`\($0.flag)`" } ?? ""
    let secret = setting.isSecret ? " It is a secret: no message shows it." : ""
    let cells = [
      names.joined(separator: "<br>"), setting.documentation, standard, condition,
      setting.help + secret,
    ]
    return "| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |"
  }
}
