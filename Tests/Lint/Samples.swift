// What Tests/Lint/identity finds, and what it passes: Tests/Lint/test compares. Lines that end with
// "finds" and a word are to be found, each for that.

enum Words: String {
  case one
}

struct Named: Hashable {
  var name: String
}

func sample(_ text: String, _ other: String, _ maybe: String?, _ list: [String]) -> Int {
  var table: [String: Int] = [:]  // finds String
  table[text] = 1  // finds Dictionary
  let names: Set<String> = []  // finds String
  var count = names.count + table.count
  if text == other { count += 1 }  // finds ==
  if text != other { count += 1 }  // finds !=
  if text < other { count += 1 }  // finds <
  if maybe == text { count += 1 }  // finds ==
  if maybe == "ascii" { count += 1 }
  if text == "ascii" || "plain" != text { count += 1 }
  if (maybe == nil) != (text == "ascii") { count += 1 }
  if (maybe == nil) != (text == other) { count += 1 }  // finds ==
  if text == "a" && text != other { count += 1 }  // finds !=
  if text == "a" + other { count += 1 }  // finds ==
  if other + "a" == text { count += 1 }  // finds ==
  if list.first != nil && list[0] == "ascii" { count += 1 }
  if text == "Kelvin" { count += 1 }  // finds ==
  if text == "semi;colon" { count += 1 }  // finds ==
  if text == "caf\u{E9}" { count += 1 }  // finds ==
  if text == "\(other)" { count += 1 }  // finds ==
  if text.hasPrefix("a") { count += 1 }  // finds hasPrefix
  if text.hasSuffix("a") { count += 1 }  // finds hasSuffix
  if text.lowercased() == "a" { count += 1 }  // finds lowercased
  if text.uppercased() == "A" { count += 1 }  // finds uppercased
  if list.contains(text) { count += 1 }  // finds contains
  if list.contains("ascii") { count += 1 }  // finds contains
  if ["a", "b"].contains(text) { count += 1 }
  if ["a", "K"].contains(text) { count += 1 }  // finds contains
  if list.firstIndex(of: text) != nil { count += 1 }  // finds firstIndex
  if list == [text] { count += 1 }  // finds ==
  if Set(list).count == list.count { count += 1 }  // finds Set
  let found = list.first { $0 == text }  // finds ==
  let taken = Dictionary(uniqueKeysWithValues: list.map { ($0, 1) })  // finds Dictionary
  switch text {
  case "ascii": count += 1
  case "a", "b": count += 2
  case other: count += 3  // finds switch
  case "K": count += 4  // finds switch
  default: break
  }
  if text == other { count += 1 }  // compares words of ours
  if text.utf8.elementsEqual(other.utf8) { count += 1 }
  if text.utf8.starts(with: "a".utf8) { count += 1 }
  if count == 1 && list.isEmpty && found == nil && taken.isEmpty { count += 1 }
  return count + (Words(rawValue: text) == nil ? 0 : 1)
}
