import ArgumentParser
import Foundation
import Recording

struct FramesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frames",
    abstract: "Show a recording as a timeline, one line a frame.",
    discussion: """
      Times are in seconds since the recording began; then come the connection, the sender of the \
      frame (→ the client, ← the server), a column for each running call, and the contents. \
      On a terminal, calls have colours (not with NO_COLOR), and lines are cut to its width.
      """
  )

  @Argument(help: "The recording.", completion: .file(extensions: ["jsonl"]))
  var file: String

  /// SGR numbers: cyan, yellow, magenta, green, blue, red, and two bright ones.
  private static let colors = [36, 33, 35, 32, 34, 31, 96, 95]

  func run() async throws {
    var reader = try RecordingReader(path: self.file)
    let noColor = Environment.value(of: "NO_COLOR") ?? ""
    let width = Terminal.width
    var timeline = Timeline()
    while let event = try reader.next() {
      let line = timeline.line(for: event)
      // Line feeds in it come from a peer.
      let text = Self.cut(line.text.onOneLine, to: width)
      if let column = line.column, noColor.isEmpty {
        let color = Self.colors[column % Self.colors.count]
        StandardOutput.write(
          [.sequence(.color(color)), .text(text), .sequence(.plain), .text("\n")]
        )
      } else {
        StandardOutput.write(text + "\n")
      }
    }
    if let note = reader.cutOffLine { StandardOutput.writeNote("\(note)\n") }
  }

  /// - Parameter width: the terminal's width; nil cuts nothing.
  private static func cut(_ line: String, to width: Int?) -> String {
    guard let width else { return line }
    // The shown text must fit.
    let shown = line.escapedForTerminal
    return shown.count > width ? shown.prefix(max(1, width - 1)) + "…" : shown
  }
}
