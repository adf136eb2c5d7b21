public import TTRPC

extension ClientOptions {
  /// Fails at the first failure, but waits for a machine that is busy.
  public static let patient = ClientOptions(
    connectTimeout: .seconds(3600),
    retry: .never,
    keepaliveInterval: .seconds(3600)
  )
}
