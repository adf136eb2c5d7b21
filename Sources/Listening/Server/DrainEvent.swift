/// Asks a connection to end its calls and close.
package struct DrainEvent: Sendable {
  /// How long running calls may go on; nil as long as they need.
  package var gracePeriod: Duration?
  /// Why, for clients whose protocol tells them.
  package var reason: String

  /// Creates the event.
  package init(gracePeriod: Duration?, reason: String = "The server is shutting down") {
    self.gracePeriod = gracePeriod
    self.reason = reason
  }
}
