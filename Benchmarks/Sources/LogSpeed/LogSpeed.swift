import ArgumentParser

/// What `Benchmarks/log/run` measures the request log with.
@main
struct LogSpeed: AsyncParsableCommand {
  static let configuration = CommandConfiguration(subcommands: [Serve.self, Load.self])
}
