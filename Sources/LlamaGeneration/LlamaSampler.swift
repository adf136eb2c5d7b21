internal import CLlama
internal import Generation

/// Chooses the tokens of one text.
final class LlamaSampler {
  private let chain: UnsafeMutablePointer<llama_sampler>
  /// Whether the likeliest token is always the choice, so that no chain is needed.
  private let isArgmax: Bool

  /// - Parameter candidates: room for one entry for each token of the vocabulary.
  init(_ options: SamplingOptions, seed: UInt32, contextLength: Int, vocabularySize: Int) {
    guard let chain = llama_sampler_chain_init(llama_sampler_chain_default_params()) else {
      preconditionFailure("libllama has no memory for a sampler")
    }
    self.chain = chain
    let lastN = options.repeatLastN == -1 ? contextLength : options.repeatLastN
    let hasPenalties =
      lastN > 0
      && (options.repeatPenalty != 1 || options.frequencyPenalty != 0
        || options.presencePenalty != 0)
    self.isArgmax = options.temperature == 0 && !hasPenalties
    if hasPenalties {
      llama_sampler_chain_add(
        chain,
        llama_sampler_init_penalties(
          Int32(vocabularySize),
          Int32(clamping: lastN),
          options.repeatPenalty,
          options.frequencyPenalty,
          options.presencePenalty
        )
      )
    }
    if options.temperature == 0 {
      llama_sampler_chain_add(chain, llama_sampler_init_greedy())
    } else {
      if options.topK > 0 {
        llama_sampler_chain_add(chain, llama_sampler_init_top_k(Int32(clamping: options.topK)))
      }
      llama_sampler_chain_add(chain, llama_sampler_init_top_p(options.topP, 1))
      llama_sampler_chain_add(chain, llama_sampler_init_min_p(options.minP, 1))
      llama_sampler_chain_add(chain, llama_sampler_init_temp(options.temperature))
      llama_sampler_chain_add(chain, llama_sampler_init_dist(seed))
    }
  }

  deinit {
    llama_sampler_free(self.chain)
  }

  /// Chooses the next token.
  ///
  /// - Parameter candidates: room for the vocabulary, whose content does not matter.
  func sample(
    _ logits: UnsafeMutableBufferPointer<Float>,
    candidates: UnsafeMutableBufferPointer<llama_token_data>
  ) -> Int32 {
    if self.isArgmax { return Int32(logits.indexOfMaximum) }
    for index in logits.indices {
      candidates[index] = llama_token_data(id: Int32(index), logit: logits[index], p: 0)
    }
    var array = llama_token_data_array(
      data: candidates.baseAddress,
      size: logits.count,
      selected: -1,
      sorted: false
    )
    llama_sampler_apply(self.chain, &array)
    let token = array.data[Int(array.selected)].id
    llama_sampler_accept(self.chain, token)
    return token
  }
}

extension UnsafeMutableBufferPointer<Float> {
  /// The first of the largest.
  fileprivate var indexOfMaximum: Int {
    var best = 0
    for index in self.indices where self[index] > self[best] { best = index }
    return best
  }
}
