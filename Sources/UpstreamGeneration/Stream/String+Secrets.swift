extension String {
  /// The text without what looks like a key, a password or the name of an account: others' keys, and the
  /// part of ours that a server shows.
  ///
  /// A word too many is lost rather than a key told.
  var withoutSecrets: String {
    self
      .replacing(#/:\/\/[^\s\/@]+@/#, with: "://(a key)@")
      .replacing(Self.headers) { "\($0.output.1)(a key)" }
      .replacing(Self.parameters) { "\($0.output.1)(a key)" }
      .replacing(Self.schemes, with: "(a key)")
      .replacing(Self.keys, with: "(a key)")
      .replacing(Self.accounts, with: "(an account)")
  }

  /// The value of a header, or of a member of JSON that is named like one.
  private static var headers: Regex<(Substring, Substring)> {
    #/
    ((?: authorization | api[-_\ ]?key | [a-z]+[-_]key )["']? \s* [:=] \s* ["']?)
    (?: (?: basic | bearer ) \s+ )? [^\s"',;&]{4,}
    /#.asWritten.ignoresCase()
  }

  /// The value of a query's parameter.
  private static var parameters: Regex<(Substring, Substring)> {
    #/
    (\b (?: (?: access | auth | client | refresh | security | session | x-amz-security )[-_] )?
    (?: password | passwd | pwd | secret | token | key | signature | sig )=["']?)
    [^\s"',;&]{4,}
    /#.asWritten.ignoresCase()
  }

  /// Schemes of RFC 7235. "Basic" is a word, too: what follows it must look encoded.
  private static var schemes: Regex<Substring> {
    #/
    \b bearer \s+ \S{8,}
    | \b basic \s+ (?= [a-z+\/_\-]* [0-9=] ) [a-z0-9+\/_\-]{8,} =*
    /#.asWritten.ignoresCase()
  }

  private static var keys: Regex<Substring> {
    #/
    # OpenAI, Anthropic, and all who have it from Stripe.
    \b (?: sk | pk | rk | key )[-_][A-Za-z0-9_\-*.]{8,}
    # Groq, Hugging Face, Replicate, Fireworks, Together, GitHub.
    | \b (?: gsk | hf | r8 | fw | tgp | gh[a-z] | github_pat )_[A-Za-z0-9_*.]{8,}
    # xAI, Perplexity, NVIDIA, Cerebras, GitLab.
    | \b (?: xai | pplx | nvapi | csk | glpat )-[A-Za-z0-9_\-*.]{8,}
    # Google.
    | \b AIza[A-Za-z0-9_\-*.]{8,} | \b ya29\.\S{8,}
    # AWS.
    | \b (?: AKIA | ASIA )[A-Z0-9*]{8,}
    # A token of RFC 7519.
    | \b eyJ[A-Za-z0-9_\-]{8,}\S*
    # Azure, Mistral.
    | \b (?: [0-9a-f]{32,} | (?= [A-Za-z]* [0-9] ) (?= [0-9a-z]* [A-Z] ) [A-Za-z0-9]{32,} ) \b
    /#.asWritten
  }

  /// Of OpenAI.
  private static var accounts: Regex<Substring> {
    #/\b(?:org|proj)[-_](?=[a-z]*[A-Z0-9])[A-Za-z0-9]{8,}/#.asWritten
  }
}

extension Regex {
  /// Words end where letters and digits do, whatever languages make of colons and dots between them.
  fileprivate var asWritten: Regex<Output> { self.wordBoundaryKind(.simple) }
}
