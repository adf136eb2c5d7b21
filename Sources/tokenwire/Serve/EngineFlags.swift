import ArgumentParser
import TokenwireServer

/// How a server's model shares its time and memory between texts.
struct EngineFlags: ParsableArguments {
  @Option(help: "How many texts are generated at once; more wait in line. (default: 4)")
  var parallel: String?

  @Option(help: "The longest prompt and text together, in tokens. (default: 2048)")
  var context: String?

  @Option(
    help: """
      How many threads compute at most; fewer while other programs use the processors. (default: \
      the number of processors)
      """
  )
  var threads: String?

  @Option(help: "Requests that wait in line; those beyond are refused. (default: 1024)")
  var maxQueue: String?

  @Option(
    help: """
      The time between two tokens of a text that the prompts of others may stretch it to. (default: \
      150ms)
      """
  )
  var interTokenLimit: String?

  @Option(help: "Memory for texts that have left the KV cache. (default: 512MiB)")
  var prefixCache: String?

  @Option(
    help: """
      Whose texts spare a request the computation of a prompt that begins like them: off, user \
      (their own) or all (lets callers find out by the clock what others have sent). (default: user)
      """
  )
  var prefixSharing: String?

  /// What was given.
  var values: [Setting: String?] {
    [
      .parallel: self.parallel,
      .context: self.context,
      .threads: self.threads,
      .maxQueue: self.maxQueue,
      .interTokenLimit: self.interTokenLimit,
      .prefixCache: self.prefixCache,
      .prefixSharing: self.prefixSharing,
    ]
  }
}
