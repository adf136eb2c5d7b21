internal import Identifiers
internal import RPC
internal import Synchronization

/// Counts a server's connections.
final class ConnectionLoad: Sendable {
  private let limits: ConnectionLimits
  private let connections = Mutex(Connections())

  private struct Connections {
    var count = 0
    var countByAddress: [Identifier: Int] = [:]
    var refusedCount = 0
  }

  /// How many connections over the limits are kept open to be told why.
  private static let maximumRefused = 64

  enum Admission {
    case accepted
    /// Its first call gets this error, and it is then closed.
    case refused(CallError)
    /// There are too many to answer.
    case dropped
  }

  init(_ limits: ConnectionLimits) {
    self.limits = limits
  }

  /// Counts a new connection; `release` undoes it.
  ///
  /// - Parameter address: nil for peers without one.
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

  /// Called when an admitted connection is closed.
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
