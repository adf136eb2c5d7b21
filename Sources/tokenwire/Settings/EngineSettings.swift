import Foundation
import LlamaGeneration

/// How a server's model shares its time and memory between texts.
struct EngineSettings: SettingGroup {
  static let title = "Engine"

  let parallel = Setting(
    "parallel",
    .count(1 ... 256, of: "texts"),
    default: "4",
    needs: .languageModel,
    "How many texts are generated at once; more wait in line."
  )
  let context = Setting(
    "context",
    .count(16 ... 1_048_576, of: "tokens"),
    default: "2048",
    needs: .languageModel,
    "The longest prompt and text together, in tokens."
  )
  let draftModel = Setting(
    "draftModel",
    .path,
    default: .absent(),
    needs: .languageModel,
    """
    A smaller model of the same vocabulary, a GGUF file, which guesses what each model will choose \
    where that makes it faster.
    """
  )
  let threads = Setting(
    "threads",
    .count(1 ... 512, of: "threads"),
    default: .text(
      "\(ProcessInfo.processInfo.activeProcessorCount)",
      shownAs: "the number of processors"
    ),
    needs: .languageModel,
    "How many threads compute at most; fewer while other programs use the processors."
  )
  let maxQueue = Setting(
    "maxQueue",
    .count(1 ... 1_000_000, of: "requests"),
    default: "1024",
    needs: .languageModel,
    "The longest queue of requests; more are refused."
  )
  let interTokenLimit = Setting(
    "interTokenLimit",
    .timeOrZero,
    default: "150ms",
    needs: .languageModel,
    "How far other prompts may stretch the time between two tokens of a text."
  )
  let prefixCache = Setting(
    "prefixCache",
    .size(0 ... 1 << 40),
    default: "512MiB",
    needs: .languageModel,
    "Memory for texts that have left the KV cache."
  )
  let prefixSharing = Setting(
    "prefixSharing",
    .word(of: LlamaConfiguration.PrefixSharing.self),
    default: "user",
    needs: .languageModel,
    """
    Whose texts spare a request the computation of a prompt that begins like them: off, user (their \
    own) or all (lets callers find out by the clock what others have sent).
    """
  )
}
