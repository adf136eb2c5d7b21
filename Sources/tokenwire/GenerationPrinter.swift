import Foundation
import TokenwireAPI

/// Prints a stream of responses as they come: their text and then a line about it, or all of them
/// as JSON.
struct GenerationPrinter {
  private let asJSON: Bool
  private let begin = ContinuousClock.now
  private var firstToken: ContinuousClock.Instant?
  private var isInLine = false

  init(asJSON: Bool) {
    self.asJSON = asJSON
  }

  mutating func print(_ response: GenerateResponse) {
    if self.firstToken == nil && response.completionTokens > 0 {
      self.firstToken = .now
    }
    if self.asJSON {
      StandardOutput.write(response.json + "\n")
      return
    }
    switch response.event {
    case .delta(let delta):
      StandardOutput.write(delta.text)
      self.isInLine = true
    case .finished(let finished):
      StandardOutput.write("\n")
      StandardOutput.writeNote(self.summary(response, finished) + "\n")
    case .started, nil:
      break
    }
  }

  /// Parts an error from the text that it follows. The text itself is left as it came.
  func endLine() {
    if self.isInLine { StandardOutput.writeNote("\n") }
  }

  private func summary(_ response: GenerateResponse, _ finished: Finished) -> String {
    let now = ContinuousClock.now
    let firstToken = self.firstToken ?? now
    let later = Double(max(0, response.completionTokens - 1))
    let seconds = (now - firstToken) / .seconds(1)
    let rate = later > 0 && seconds > 0 ? later / seconds : 0
    let latency = (firstToken - self.begin) / .milliseconds(1)
    return String(
      format: "[%d tokens, first after %.0f ms, %.1f tokens/s, ended by %@%@]",
      response.completionTokens,
      latency,
      rate,
      finished.finishReason.name,
      finished.incomplete ? ", incomplete" : ""
    )
  }
}

extension FinishReason {
  /// The name as the protocol writes it, without its prefix, such as "stop_sequence".
  var name: String {
    switch self {
    case .stop: "stop"
    case .stopSequence: "stop_sequence"
    case .length: "length"
    case .contextLength: "context_length"
    case .cancelled: "cancelled"
    case .deadline: "deadline"
    case .error: "error"
    default: "reason \(self.rawValue)"
    }
  }
}
