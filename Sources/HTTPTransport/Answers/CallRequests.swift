package import RPC

/// The calls that answer a request. Each is made when it begins: many may share what is long in them.
package struct CallRequests: RandomAccessCollection, ExpressibleByArrayLiteral, Sendable {
  package let endIndex: Int
  /// What is kept for the calls that have not begun, in bytes.
  let held: Int
  private let make: @Sendable (Int) -> CallRequest

  /// - Parameters:
  ///   - held: what is kept for them until all have ended, in bytes.
  ///   - make: makes the call of a number.
  package init(count: Int, held: Int, _ make: @escaping @Sendable (Int) -> CallRequest) {
    self.endIndex = count
    self.held = held
    self.make = make
  }

  package init(_ requests: [CallRequest]) {
    self.init(count: requests.count, held: 0) { requests[$0] }
  }

  package init(arrayLiteral elements: CallRequest...) {
    self.init(elements)
  }

  package var startIndex: Int { 0 }

  package subscript(index: Int) -> CallRequest { self.make(index) }

  /// The calls, changed when they are made.
  func changing(_ change: @escaping @Sendable (inout CallRequest) -> Void) -> CallRequests {
    CallRequests(count: self.endIndex, held: self.held) { [make] index in
      var request = make(index)
      change(&request)
      return request
    }
  }
}
