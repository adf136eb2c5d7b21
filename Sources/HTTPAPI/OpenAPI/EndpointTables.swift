internal import HTTPTransport
internal import Identifiers
internal import NIOHTTP1

/// The endpoints and their fields in Markdown, for docs/http.md.
struct EndpointTables {
  let groups: [OperationGroup]

  var text: String {
    self.groups.map { Self.section($0) }.joined(separator: "\n\n")
  }

  private static func section(_ group: OperationGroup) -> String {
    var parts = ["### \(group.name)"]
    let rows = group.operations.map { operation in
      Self.row([Self.endpoint(operation), operation.summary])
    }
    parts.append((["| endpoint | |", "| --- | --- |"] + rows).joined(separator: "\n"))
    for (endpoints, table) in Self.tables(of: group) {
      parts.append("\(endpoints.joined(separator: ", ")):")
      parts.append(table)
    }
    return parts.joined(separator: "\n\n")
  }

  /// Endpoints with the same fields have one table.
  private static func tables(
    of group: OperationGroup
  ) -> [(endpoints: [String], table: String)] {
    var tables: [(endpoints: [String], table: String)] = []
    for operation in group.operations {
      let fields = Self.described(operation)
      if fields.isEmpty { continue }
      let table = Self.table(of: fields)
      if let index = tables.firstIndex(where: { Identifier($0.table) == Identifier(table) }) {
        tables[index].endpoints.append(Self.endpoint(operation))
      } else {
        tables.append(([Self.endpoint(operation)], table))
      }
    }
    return tables
  }

  /// Those of protobuf's messages are described in the proto.
  private static func described(_ operation: Operation) -> [FieldDescription] {
    (operation.fields + operation.query).filter { !$0.summary.isEmpty }
  }

  private static func endpoint(_ operation: Operation) -> String {
    "`\(operation.route.method.rawValue) \(operation.route.path)`"
  }

  private static func table(of fields: [FieldDescription]) -> String {
    let rows = fields.map { field in
      let use = field.isRequired ? "required" : field.use.rawValue
      let value = field.use == .served ? field.schema.words : ""
      return Self.row(["`\(field.name)`", value, use, field.summary])
    }
    return (["| field | value | | |", "| --- | --- | --- | --- |"] + rows).joined(separator: "\n")
  }

  private static func row(_ cells: [String]) -> String {
    "| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |"
  }
}
