/// Connections by the thousand that say nothing, from many addresses.
struct LeftConnections: Attack {
  let name = "connections left"

  private static let addresses: [UInt8] = [2, 3, 4, 5, 6]
  /// More than an address may have.
  private static let connectionsPerAddress = 600

  func attack(_ target: Target) async throws {
    await withTaskGroup { group in
      for address in Self.addresses {
        group.addTask {
          var connections: [RawConnection] = []
          for _ in 0 ..< Self.connectionsPerAddress where !Task.isCancelled {
            if let connection = try? await target.connect(from: address) {
              connections.append(connection)
            }
          }
          try? await Task.sleep(for: .seconds(1))
          for connection in connections { await connection.close() }
        }
      }
    }
  }
}
