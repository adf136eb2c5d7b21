import ArgumentParser
import HTTPAPI

/// Writes the tables of docs/http.md: for `make endpoints`.
struct EndpointsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "endpoints",
    abstract: "Print the endpoints over HTTP as tables in Markdown.",
    shouldDisplay: false
  )

  func run() {
    StandardOutput.write(HTTPAPI(allowsAnonymous: true).endpointTables + "\n")
  }
}
