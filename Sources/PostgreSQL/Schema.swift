public import Identifiers

/// The tables of one purpose, in a schema of their own. Published steps are never changed.
public struct Schema: Sendable {
  /// Its name in the database, which needs no quotes.
  let name: Identifier
  /// SQL, from the first step to the newest.
  let steps: [String]

  /// Creates the description of a schema.
  public init(_ name: Identifier, steps: [String]) {
    self.name = name
    self.steps = steps
  }

  /// How many steps the database has had, in a table of one row.
  var versions: String {
    """
    CREATE TABLE \(self.name).schema_version (version integer NOT NULL);
    INSERT INTO \(self.name).schema_version VALUES (0);
    """
  }

  func check(_ version: Int?) throws(PostgreSQLError) {
    guard let version, version > self.steps.count else { return }
    throw .newerSchema
  }
}

extension PostgreSQLError {
  /// The database has had steps that this program does not know.
  public static let newerSchema = PostgreSQLError(
    .invalid,
    "the database belongs to a newer version of this program: use that one"
  )
}
