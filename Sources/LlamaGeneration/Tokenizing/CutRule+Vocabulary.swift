internal import CLlama
internal import Identifiers

extension CutRule {
  /// The rule for a model, by the tokenizer metadata of its file.
  ///
  /// - Parameters:
  ///   - model: the metadata `tokenizer.ggml.model`.
  ///   - pattern: the metadata `tokenizer.ggml.pre`.
  init(_ type: llama_vocab_type, model: String, pattern: String) {
    self =
      switch type {
      case LLAMA_VOCAB_TYPE_SPM: .anywhere
      case LLAMA_VOCAB_TYPE_WPM: .spaces
      case LLAMA_VOCAB_TYPE_BPE where model == "gemma4": .lines
      case LLAMA_VOCAB_TYPE_BPE where model == "gpt2":
        Self.ofPattern[Identifier(pattern)] ?? .unknown
      default: .unknown
      }
  }

  /// libllama's patterns (llama-vocab.cpp), by their names in model files, without those whose
  /// words contain spaces ("exaone-moe", "superbpe") and those with special rules.
  private static let ofPattern: [Identifier: CutRule] = {
    let rules: [(CutRule, [Identifier])] = [
      (
        .classes,
        [
          "a.x-4.0", "chatglm-bpe", "codeshell", "command-r", "dbrx", "deepseek-r1-qwen", "exaone",
          "exaone4", "f2llmv2", "falcon-h1", "falcon3", "gigachat", "glm4", "glm5", "gpt-2",
          "granite-docling", "grok-2", "hunyuan", "jais", "jina-de", "jina-es", "jina-v1-en",
          "jina-v2-code", "jina-v2-de", "jina-v2-es", "jina-v5-nano", "kormo", "lfm2", "llama-bpe",
          "llama-v3", "llama3", "megrez", "mellum", "mellum2", "midm-2.0", "minerva-7b",
          "modern-bert", "mpt", "olmo", "phi-2", "pixtral", "qwen2", "qwen35", "refact",
          "roberta-bpe", "smaug-bpe", "smollm", "solar-open", "stablelm2", "starcoder", "trillion",
        ]
      ),
      (
        .patterns(.cut),
        [
          "", "bailingmoe", "bailingmoe2", "bloom", "chameleon", "cohere2moe", "deepseek-coder",
          "deepseek-llm", "default", "falcon", "gpt-4o", "gpt3-finnish", "granite-embed-multi-97m",
          "jais-2", "kanana2", "laguna", "llada-moe", "llama4", "minicpm5", "minimax-m2",
          "poro-chat", "seed-coder", "talkie", "tekken", "tiny_aya", "ufakzeka", "viking", "youtu",
        ]
      ),
      (
        .patterns(.whole),
        [
          "afmoe", "deepseek-v3", "hunyuan-dense", "hy_v4", "joyai-llm", "kimi-k2", "spark2_5",
        ]
      ),
      (.lines, ["gemma4", "granite-embed-multi-311m", "sarvam-moe"]),
    ]
    return Dictionary(
      uniqueKeysWithValues: rules.flatMap { rule, names in names.map { ($0, rule) } }
    )
  }()
}
