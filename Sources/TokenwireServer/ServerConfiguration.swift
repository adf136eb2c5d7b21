public import FrameRPC
public import LlamaGeneration
public import Logging

/// What a server needs to know before it starts.
public struct ServerConfiguration: Hashable, Sendable {
  /// Where to listen; port 0 takes any free port.
  public var listen: Endpoint
  public var generator: Generator
  public var logLevel: Logger.Level

  /// What generates the text.
  public enum Generator: Hashable, Sendable {
    /// A language model, by libllama.
    case llama(LlamaConfiguration)
    /// A given text, over and over, with that time from one token to the next.
    case scripted(text: String, pace: Duration)
  }

  public init(listen: Endpoint, generator: Generator, logLevel: Logger.Level = .info) {
    self.listen = listen
    self.generator = generator
    self.logLevel = logLevel
  }
}
