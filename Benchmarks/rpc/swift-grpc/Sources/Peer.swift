import ArgumentParser

/// The Tokenwire service in grpc-swift-2, and the load on it: see `../../README.md`.
@main
struct Peer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(subcommands: [Serve.self, Load.self])
}
