internal import NIOHTTP1

extension RequestHandler {
  enum State {
    /// No request has arrived, or only a part of its head.
    case idle
    case receiving(RequestHead, HTTPRequestHead, IncomingContent)
    case answering(Answering)
    /// The last response is written.
    case ended

    /// Whether more of a request can come.
    var takesParts: Bool {
      switch self {
      case .idle, .receiving: true
      case .answering, .ended: false
      }
    }
  }

  /// A request that is being answered.
  struct Answering {
    var head: HTTPRequestHead
    var id: String
    var source = Source.route
    /// Whether all of the request has arrived.
    var isWhole: Bool
    /// Whether another request may follow.
    var keepsAlive: Bool

    /// Where the response comes from.
    enum Source {
      /// It is written at once.
      case route
      /// The route reads the request.
      case reading(ContentReading)
      case calls(Exchange)
    }

    /// Nil while no calls are made.
    var exchange: Exchange? {
      if case .calls(let exchange) = self.source { exchange } else { nil }
    }

    /// Nil unless the route reads the request beside the event loop.
    var reading: ContentReading? {
      if case .reading(let reading) = self.source { reading } else { nil }
    }
  }
}
