import ArgumentParser
import Foundation

/// Where the result of a command goes; notes about it go to standard error.
enum StandardOutput {
  /// Writes at once, because a token that waits in a buffer is not streamed.
  ///
  /// A reader that has gone away ends the process, as it does for any command in a pipe.
  static func write(_ text: String) {
    self.write(text, to: .standardOutput)
  }

  static func writeNote(_ text: String) {
    self.write(text, to: .standardError)
  }

  private static func write(_ text: String, to file: FileHandle) {
    do {
      try file.write(contentsOf: Data(text.utf8))
    } catch {
      GenerateCommand.exit(withError: ExitCode(141))
    }
  }
}
