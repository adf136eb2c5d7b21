/// The types of values that JSON has.
package enum JSONType: Hashable, Sendable {
  case object
  case array
  case string
  case number
  case bool
  case null
}
