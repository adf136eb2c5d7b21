internal import NIOHTTP1

extension HTTPFailure {
  /// The failure of a request that cannot be read; nil for other errors.
  init?(reading error: any Error) {
    guard let error = error as? HTTPParserError else { return nil }
    switch error {
    case .headerOverflow:
      self.init(.requestHeaderFieldsTooLarge, "The request's header fields are too large")
    case .invalidVersion:
      self.init(.httpVersionNotSupported, "The request's version of HTTP is not supported")
    case .invalidMethod:
      self.init(.notImplemented, "The request's method is not one of HTTP")
    default:
      self.init(.badRequest, "The request is not HTTP: \(error)")
    }
  }
}
