import Foundation
import Subprocess
import SystemPackage
import Testing

extension Command {
  /// Runs the command on a terminal of its own, which standard output and standard error are.
  ///
  /// - Returns: the outcome, with all that the terminal has got in its output.
  static func runOnTerminal(
    _ arguments: [String],
    input: String = "",
    columns: Int = 200,
    environment: [Environment.Key: String?] = [:],
    beside body: (Command) async throws -> Void = { _ in }
  ) async throws -> Outcome {
    let words = [Self.executable.string] + arguments
    let command = "stty cols \(columns); exec " + words.map(\.quotedForShell).joined(separator: " ")
    return try await Self.run(
      ["-qec", command, "/dev/null"],
      executable: "/usr/bin/script",
      input: input,
      environment: environment,
      beside: body
    )
  }
}

extension String {
  /// The text as a word for a shell.
  var quotedForShell: String { "'" + self.replacing("'", with: #"'\''"#) + "'" }

  /// What is in a terminal's output that it obeys, whoever has written it: all but line feeds (with the
  /// "\r" that the terminal puts before them) and tabs.
  var obeyedByTerminal: [Unicode.Scalar] {
    let scalars = Array(self.unicodeScalars)
    return scalars.indices.filter { index in
      switch scalars[index].value {
      case 0x09, 0x0A: false
      case 0x0D: index + 1 == scalars.count || scalars[index + 1] != "\n"
      case 0x00 ... 0x1F, 0x7F ... 0x9F, 0x061C, 0x200E, 0x200F, 0x2028 ... 0x202E,
        0x2066 ... 0x2069, 0xFFFD:
        true
      default: false
      }
    }.map { scalars[$0] }
  }
}
