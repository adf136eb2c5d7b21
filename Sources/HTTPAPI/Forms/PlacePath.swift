internal import Identifiers
internal import JSON

/// Where a value is in a request's JSON. Only an error needs its text, and a request may have millions
/// of values.
struct PlacePath: Sendable {
  private let step: Step
  private let container: Container?

  /// An array or an object: its values have their path in common.
  final class Container: Sendable {
    fileprivate let path: PlacePath

    init(_ path: PlacePath) {
      self.path = path
    }
  }

  private enum Step {
    case whole
    case member(Identifier)
    case element(Int)
  }

  private init(_ step: Step, of container: Container?) {
    self.step = step
    self.container = container
  }

  /// The whole content.
  static let whole = PlacePath(.whole, of: nil)

  /// A member of an object.
  static func member(_ name: Identifier, of object: Container) -> PlacePath {
    PlacePath(.member(name), of: object)
  }

  /// An element of an array.
  static func element(_ index: Int, of array: Container) -> PlacePath {
    PlacePath(.element(index), of: array)
  }

  /// Such as "messages[0].role"; empty for the whole content.
  var text: String {
    let prefix = self.container?.path.text ?? ""
    return switch self.step {
    case .whole: ""
    case .member(let name): prefix.isEmpty ? name.text : "\(prefix).\(name)"
    case .element(let index): "\(prefix)[\(index)]"
    }
  }
}

extension Place {
  /// The elements of an array, each with its place.
  struct Elements: RandomAccessCollection {
    private let values: [JSONValue]
    private let array: PlacePath.Container

    init(_ values: [JSONValue], of array: PlacePath.Container) {
      self.values = values
      self.array = array
    }

    var startIndex: Int { self.values.startIndex }
    var endIndex: Int { self.values.endIndex }

    subscript(index: Int) -> Place {
      Place(self.values[index], at: .element(index, of: self.array))
    }
  }
}
