import NIOCore

/// Something that takes bytes from strangers.
protocol FuzzTarget: Sendable {
  /// Inputs to begin with.
  var seeds: [ByteBuffer] { get }

  /// Gives the target one input. Whatever it is, the target does not crash; what is wrong beside
  /// that ends the process with `fail`.
  func run(_ input: ByteBuffer)
}

/// A property does not hold: libFuzzer keeps the input that shows it.
func fail(_ message: @autoclosure () -> String, unless holds: Bool) {
  if !holds { fatalError(message()) }
}
