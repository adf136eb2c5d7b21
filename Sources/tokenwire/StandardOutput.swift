import ArgumentParser
import SystemPackage

/// Where the result of a command goes; notes about it go to standard error.
enum StandardOutput {
  /// Writes at once, because a token that waits in a buffer is not streamed.
  ///
  /// A reader that has gone away ends the process as it does for any command in a pipe, without a
  /// word; another failure, such as a full disk, ends it with one.
  static func write(_ text: String) {
    do {
      try FileDescriptor.standardOutput.writeAll(text.utf8)
    } catch Errno.brokenPipe {
      GenerateCommand.exit(withError: ExitCode(141))
    } catch {
      GenerateCommand.exit(
        withError: CommandFailure("Cannot write to standard output: \(error)")
      )
    }
  }

  static func writeNote(_ text: String) {
    // Where nobody can read notes, the result still counts.
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
  }
}
