import ArgumentParser
import Foundation
import Recording

struct FramesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frames",
    abstract: "Show a recording as a timeline, one line a frame.",
    discussion: """
      Times are in seconds since the recording began; then come the connection, who has sent the \
      frame (→ the client, ← the server), a column for each running call, and what the frame says. \
      On a terminal, calls have colours (not with NO_COLOR), and lines are cut to its width.
      """
  )

  @Argument(help: "The recording.", completion: .file(extensions: ["jsonl"]))
  var file: String

  func run() async throws {
    var reader = try RecordingReader(path: self.file)
    let noColor = ProcessInfo.processInfo.environment["NO_COLOR"] ?? ""
    let width = Terminal.width
    var timeline = Timeline(colors: width != nil && noColor.isEmpty, width: width)
    while let event = try reader.next() {
      StandardOutput.write(timeline.line(for: event) + "\n")
    }
    if let note = reader.cutOffLine { StandardOutput.writeNote("\(note)\n") }
  }
}
