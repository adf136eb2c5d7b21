internal import Identifiers
internal import RPC
internal import Synchronization

/// How many connections a server has.
final class ConnectionLoad: Sendable {
  private let limits: ConnectionLimits
  private let connections = Mutex(Connections())

  private struct Connections {
    var count = 0
    var countByAddress: [Identifier: Int] = [:]
    var refusedCount = 0
  }

  /// Connections over the limits that are kept at once so that they can be told why.
  private static let maximumRefused = 64

  enum Admission {
    case accepted
    /// The connection's first call is to be answered with this, and the connection to be closed.
    case refused(CallError)
    /// There are too many to tell.
    case dropped
  }

  init(_ limits: ConnectionLimits) {
    self.limits = limits
  }

  /// Counts a new connection. `release` takes the admission back.
  ///
  /// - Parameter address: nil for peers that have none.
  func admit(_ address: Identifier?) -> Admission {
    self.connections.withLock { connections in
      let countHere = address.map { connections.countByAddress[$0, default: 0] } ?? 0
      let error: CallError
      if connections.count >= self.limits.connections {
        error = .limit("The server has \(self.limits.connections) connections", "try again later")
      } else if countHere >= self.limits.connectionsPerAddress {
        error = .limit(
          "Your address has \(self.limits.connectionsPerAddress) connections",
          "use one for many calls"
        )
      } else {
        connections.count += 1
        if let address { connections.countByAddress[address] = countHere + 1 }
        return .accepted
      }
      guard connections.refusedCount < Self.maximumRefused else { return .dropped }
      connections.refusedCount += 1
      return .refused(error)
    }
  }

  /// A connection that was admitted is closed.
  func release(_ address: Identifier?, _ admission: Admission) {
    self.connections.withLock { connections in
      switch admission {
      case .accepted:
        connections.count -= 1
        guard let address else { return }
        let countHere = connections.countByAddress[address, default: 1] - 1
        connections.countByAddress[address] = countHere == 0 ? nil : countHere
      case .refused:
        connections.refusedCount -= 1
      case .dropped:
        break
      }
    }
  }
}
