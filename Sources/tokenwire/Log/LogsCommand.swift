import ArgumentParser

/// Commands for a server's log; by default, `list`.
struct LogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs",
    abstract: "Show, copy, count and erase what a server has logged.",
    discussion: """
      tokenwire logs --search scattering is tokenwire logs list --search scattering.
      """,
    subcommands: [
      List.self, Export.self, Import.self, Copy.self, Backup.self, Stats.self, Erase.self,
    ],
    defaultSubcommand: List.self
  )
}
