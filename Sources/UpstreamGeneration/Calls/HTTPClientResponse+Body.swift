internal import AsyncHTTPClient
internal import NIOCore

extension HTTPClientResponse {
  /// Reads the body. What is longer than the limit, in bytes, is cut.
  func body(upTo limit: Int) async throws(UpstreamFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    do {
      for try await part in self.body {
        bytes += part.readableBytesView
        if bytes.count >= limit { break }
      }
    } catch {
      throw UpstreamFailure(error)
    }
    return Array(bytes.prefix(limit))
  }
}
