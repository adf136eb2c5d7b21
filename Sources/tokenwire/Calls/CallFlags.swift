import ArgumentParser
import RPC
import TokenwireClient

/// The options of every command that calls a server.
struct CallFlags: ParsableArguments {
  @Option(
    help: "Give up after this time, such as 30s, connecting included. (default: inf)",
    transform: TimeLimit.init(flag:)
  )
  var timeout: TimeLimit?

  @OptionGroup
  var token: TokenFlags

  @OptionGroup
  var server: ServerFlags

  /// Runs `body` with a connection to the server, and closes it.
  ///
  /// - Parameter body: gets the options for calls that share the timeout.
  /// - Throws: `CommandFailure` when the server cannot be reached, or `body` throws.
  func withClient<Result>(
    _ body: (TokenwireClient, CallOptions) async throws(CallError) -> Result
  ) async throws -> Result {
    let begin = ContinuousClock.now
    let timeout = self.timeout?.duration
    let token = try self.token.value
    let client = try await self.server.connect(token: token, timeout: timeout)
    do throws(CallError) {
      let options = CallOptions(timeout: timeout, since: begin)
      let result = try await body(client, options)
      await client.close()
      return result
    } catch {
      await client.close()
      throw CommandFailure(error, hasToken: token != nil)
    }
  }
}
