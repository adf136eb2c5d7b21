import Foundation
import Listening
import RPC
import TTRPC
import TokenwireAPI
import TokenwireClient

/// Makes the calls of conformance cases with the Swift client: see Tests/Conformance/README.md.
@main
struct ConformanceDriver {
  static func main() async throws {
    while let line = readLine() {
      let testCase = try JSONDecoder.suite.decode(Case.self, from: Data(line.utf8))
      let outcomes = try JSONEncoder.suite.encode(await testCase.outcomes())
      try FileHandle.standardOutput.write(contentsOf: outcomes + [UInt8(ascii: "\n")])
    }
  }
}

extension JSONDecoder {
  fileprivate static var suite: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}

extension JSONEncoder {
  fileprivate static var suite: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return encoder
  }
}

/// A line of the input.
struct Case: Decodable {
  var client: Client
  var calls: [Call]

  struct Client: Decodable {
    var server: String
    var token: String?
    var tls: TLS?
    var window: Int?
    var maximumAttempts: Int?
  }

  struct TLS: Decodable {
    var ca: String?
    var certificate: String?
    var key: String?
    var serverName: String?
  }

  func outcomes() async throws -> [Outcome] {
    let client: TokenwireClient
    do throws(CallError) {
      client = try await self.client.connect()
    } catch {
      return self.calls.map { _ in Outcome(error) }
    }
    var outcomes: [Outcome] = []
    for call in self.calls {
      outcomes.append(try await call.outcome(with: client, self.client))
    }
    await client.close()
    return outcomes
  }
}

extension Case.Client {
  var endpoint: Endpoint {
    guard let endpoint = Endpoint(self.server) else { fatalError("\(self.server) is no endpoint") }
    return endpoint
  }

  func connect() async throws(CallError) -> TokenwireClient {
    var options = ClientOptions()
    if let window { options.window = window }
    if let maximumAttempts { options.retry.maximumAttempts = maximumAttempts }
    return try await TokenwireClient.connect(
      to: self.endpoint,
      token: self.token,
      tls: try self.tls?.clientTLS(),
      options: options
    )
  }
}

extension Case.TLS {
  fileprivate func clientTLS() throws(CallError) -> ClientTLS {
    var identity: TLSIdentity?
    if let certificate, let key { identity = TLSIdentity(certificate: certificate, key: key) }
    do {
      return try ClientTLS(ca: self.ca, identity: identity, serverName: self.serverName)
    } catch {
      throw CallError(.invalidArgument, error.message)
    }
  }
}
