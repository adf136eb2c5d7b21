@testable import RPC

extension CallLoad {
  /// After the last connection: no memory counts, and all places are free.
  func checkNothingIsLeft() {
    fail("\(self.memory.used) bytes are still held", unless: self.memory.used == 0)
    fail(
      "\(self.partialMessages.used) bytes of requests are still held",
      unless: self.partialMessages.used == 0
    )
    let places = (0 ..< self.calls.limit).compactMap { _ in self.calls.take() }
    fail("\(places.count) places are left", unless: places.count == self.calls.limit)
  }
}
