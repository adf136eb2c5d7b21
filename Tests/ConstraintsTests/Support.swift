import Constraints

/// Whether a grammar allows a whole text.
func matches(_ text: String, _ grammar: Grammar) throws -> Bool {
  var matcher = try Matcher(grammar, TokenVocabulary([]))
  try matcher.append(text.utf8)
  return matcher.mayEnd
}

func matches(_ text: String, gbnf: String) throws -> Bool {
  try matches(text, Grammar(gbnf: gbnf))
}
