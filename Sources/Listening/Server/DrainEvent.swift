/// Asks a connection to end its calls and close.
package struct DrainEvent: Sendable {
  /// How long running calls may go on.
  package var gracePeriod: Duration
}
