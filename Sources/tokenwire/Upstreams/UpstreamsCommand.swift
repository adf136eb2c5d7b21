import ArgumentParser
import Identifiers
import Logging
import UpstreamGeneration

struct UpstreamsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upstreams",
    abstract: "Look after the models that other servers have.",
    subcommands: [CheckCommand.self]
  )

  struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Ask each server of a file of models elsewhere what it has.",
      discussion: """
        Sends each server's key, and no prompt. The exit code is 1 when a server cannot be used.
        """
    )

    @Argument(help: "The file, as of serve --upstreams.", completion: .file())
    var file: String

    func run() async throws {
      try await withInterruption {
        let models = try UpstreamFile(path: self.file).models
        var rows = [["model", "replica", "address", "context", "state"]]
        var areAllWell = true
        for model in models {
          let proxies = try ProxyRules(for: model)
          for (replica, report) in zip(
            model.replicas,
            await UpstreamReport.reports(of: model, proxies: proxies)
          ) {
            areAllWell = areAllWell && report.isWell
            rows.append([
              model.id.text.asName, replica.name.text, replica.baseURL,
              report.contextLength.map { "\($0)" } ?? "", report.words,
            ])
          }
        }
        StandardOutput.write(TextTable(rows).text)
        if !areAllWell { throw ExitCode.failure }
      }
    }
  }
}
