/// Stands between a store and a server, and does to the store's commands what a test says.
public actor MongoDBProxy {
  /// What happens to a command.
  public enum Fate: Sendable {
    /// The server executes it, and the answer is lost.
    case lostReply
    /// The connection ends before the server gets it.
    case dropped
    /// The server refuses it, with a number.
    case refused(Int)
    /// The server executes it, and tells that it is not durable on a majority.
    case notDurable
    /// The server executes it, and tells of the first document that it was not inserted, with a number.
    case failedItem(Int)
    /// The server executes it, and tells of fewer documents than there were.
    case unclear

    fileprivate var words: String {
      switch self {
      case .lostReply: "lose"
      case .dropped: "drop"
      case .refused(let code): "refuse \(code)"
      case .notDurable: "undurable"
      case .failedItem(let code): "item \(code)"
      case .unclear: "unclear"
      }
    }
  }

  private let helper: Helper
  /// The URL of a database, through the proxy.
  public nonisolated let url: String

  /// - Parameters:
  ///   - url: that of a database of a server of this machine.
  ///   - isRouter: whether it says that it is a router of a cluster, of which there may be several.
  public init(of url: String, isRouter: Bool = false) throws {
    let parts = url.split(separator: "/")
    let port = parts[1].split(separator: ":")[1]
    self.helper = try Helper("proxy", [String(port)] + (isRouter ? ["router"] : []))
    let own = try self.helper.perform("start")
    self.url = "mongodb://127.0.0.1:\(own)/\(parts[2])?serverSelectionTryOnce=false"
  }

  /// Says what happens to the next commands of a name, one after the other.
  public func prepare(_ command: String, _ fates: Fate...) throws {
    for fate in fates { _ = try self.helper.perform("next \(command) \(fate.words)") }
  }

  /// How many commands of a name there were.
  public func count(_ command: String) throws -> Int? {
    Int(try self.helper.perform("count \(command)"))
  }
}
