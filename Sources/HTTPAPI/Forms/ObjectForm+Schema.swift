internal import HTTPTransport
internal import Identifiers

extension ObjectForm {
  /// The schema of the object, with the members that are served.
  var schema: Schema {
    .object(
      self.fields.filter { $0.use == .served }.map { ($0.name.text, $0.schema) },
      required: self.required.map(\.text)
    )
  }

  /// The object that a place has.
  func read(_ place: Place, as empty: Request) throws(HTTPFailure) -> Request {
    var request = empty
    try self.read(place, into: &request)
    return request
  }
}
