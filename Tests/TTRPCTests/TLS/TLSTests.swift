import Listening
import NIOCore
import NIOPosix
import RPC
import TTRPC
import TestCertificates
import Testing

@Suite struct TLSTests {
  @Test(arguments: ["127.0.0.1", "localhost"])
  func `calls of each kind go over TLS`(host: String) async throws {
    try await Certificates.withFolder { files in
      let tls = try ClientTLS(ca: files.ca)
      try await withServer(tls: ServerTLS(identity: files.server)) { _, endpoint in
        let client = try await RPCClient.connect(to: endpoint.named(host), tls: tls)
        // More than one record of TLS.
        let long = Text(String(repeating: "x", count: 100_000))
        #expect(try await client.unary(EchoService.unary, long) == long)
        var responses: [Text] = []
        for try await response: Text in try await client.serverStreaming(EchoService.repeated, long)
        {
          responses.append(response)
        }
        #expect(responses == [long, long, long])
        let joined: Text = try await client.clientStreaming(EchoService.join) { requests in
          for text in ["a", "b"] { try await requests.write(Text(text)) }
        }
        #expect(joined == Text("ab"))
        await client.close()
      }
    }
  }

  @Test func `a certificate comes with those that lead to its authority`() async throws {
    try await Certificates.withFolder { files in
      let tls = try ClientTLS(ca: files.ca)
      try await withServer(tls: ServerTLS(identity: files.chained)) { _, endpoint in
        let answer = try await call(endpoint, tls: tls)
        #expect(answer == "hi")
      }
    }
  }

  // MARK: Who the server is

  @Test func `a server by an authority that is not trusted is refused`() async throws {
    try await Certificates.withFolder { files in
      let tls = try ClientTLS(ca: files.otherCA)
      try await withServer(tls: ServerTLS(identity: files.server)) { _, endpoint in
        let error = CallError(
          .unavailable,
          """
          Cannot connect to \(endpoint): the server's certificate is not trusted, because no \
          authority in \(files.otherCA) has signed it: give the file of the authority that has
          """
        )
        await #expect(throws: error) { try await RPCClient.connect(to: endpoint, tls: tls) }
      }
    }
  }

  @Test(.enabled(if: (try? ClientTLS()) != nil, "this machine trusts no authority"))
  func `by default, a client trusts whom the machine trusts`() async throws {
    try await Certificates.withFolder { files in
      let tls = try ClientTLS()
      try await withServer(tls: ServerTLS(identity: files.server)) { _, endpoint in
        let error = await #expect(throws: CallError.self) { try await call(endpoint, tls: tls) }
        #expect(error?.message.contains("no authority that this machine trusts") == true)
      }
    }
  }

  @Test func `a server whose certificate has expired is refused`() async throws {
    try await Certificates.withFolder { files in
      let tls = try ClientTLS(ca: files.ca)
      try await withServer(tls: ServerTLS(identity: files.expired)) { _, endpoint in
        let error = CallError(
          .unavailable,
          """
          Cannot connect to \(endpoint): the server's certificate has expired: whoever runs the \
          server must renew it
          """
        )
        await #expect(throws: error) { try await RPCClient.connect(to: endpoint, tls: tls) }
      }
    }
  }

  @Test(arguments: ["127.0.0.1", "localhost"])
  func `a server whose certificate is for another is refused`(host: String) async throws {
    try await Certificates.withFolder { files in
      let tls = try ClientTLS(ca: files.ca)
      try await withServer(tls: ServerTLS(identity: files.elsewhere)) { _, endpoint in
        let endpoint = endpoint.named(host)
        let error = await #expect(throws: CallError.self) {
          try await RPCClient.connect(to: endpoint, tls: tls)
        }
        #expect(error?.code == .unavailable)
        let start = """
          Cannot connect to \(endpoint): the server's certificate is for elsewhere.example, and not \
          for \(host): give
          """
        #expect(error?.message.hasPrefix(start) == true)
      }
    }
  }

  @Test func `the name that a certificate must be for can be given`() async throws {
    try await Certificates.withFolder { files in
      let tls = try ClientTLS(ca: files.ca, serverName: "elsewhere.example")
      try await withServer(tls: ServerTLS(identity: files.elsewhere)) { _, endpoint in
        let answer = try await call(endpoint, tls: tls)
        #expect(answer == "hi")
      }
      // The address, which this certificate is for, is not the name that was asked for.
      try await withServer(tls: ServerTLS(identity: files.server)) { _, endpoint in
        let error = await #expect(throws: CallError.self) { try await call(endpoint, tls: tls) }
        #expect(error?.message.contains("is for localhost, and not for elsewhere.example") == true)
      }
    }
  }

  @Test(arguments: [
    ("a.example.com", true), ("A.Example.COM", true), ("a.example.com.", true),
    ("example.com", false), ("a.b.example.com", false), ("a.example.org", false),
  ])
  func `a star stands for one label of a name`(name: String, isAccepted: Bool) async throws {
    try await Certificates.withFolder { files in
      let tls = try ClientTLS(ca: files.ca, serverName: name)
      try await withServer(tls: ServerTLS(identity: files.wildcard)) { _, endpoint in
        do {
          try await call(endpoint, tls: tls)
          #expect(isAccepted)
        } catch {
          #expect(!isAccepted)
        }
      }
    }
  }

  @Test func `TLS over a socket file needs a name`() async throws {
    try await Certificates.withFolder { files in
      let (nameless, named) = try (
        ClientTLS(ca: files.ca), ClientTLS(ca: files.ca, serverName: "localhost")
      )
      try await withServer(
        on: .unix(path: files.path("socket")),
        tls: ServerTLS(identity: files.server)
      ) { _, endpoint in
        let answer = try await call(endpoint, tls: named)
        #expect(answer == "hi")
        let error = await #expect(throws: CallError.self) {
          try await call(endpoint, tls: nameless)
        }
        #expect(error?.message.hasSuffix("give the server's name") == true)
      }
    }
  }

  // MARK: One side without TLS

  @Test func `a client without TLS is told that the server has it`() async throws {
    try await Certificates.withFolder { files in
      try await withServer(tls: ServerTLS(identity: files.server)) { _, endpoint in
        let error = CallError(
          .failedPrecondition,
          "The server speaks TLS there: connect with TLS"
        )
        await #expect(throws: error) { try await call(endpoint) }
        await #expect(throws: error) {
          let client = try await RPCClient.connect(to: endpoint)
          let responses: ResponseStream<Text> = try await client.serverStreaming(
            EchoService.repeated,
            Text("hi")
          )
          for try await _ in responses {}
        }
      }
    }
  }

  @Test func `what is neither TLS nor a frame ends the connection`() async throws {
    try await Certificates.withFolder { files in
      try await withServer(tls: ServerTLS(identity: files.server)) { _, endpoint in
        try await RawPeer.withConnection(to: endpoint.port) { reader, peer in
          try await peer.send(ByteBuffer(string: "SSH-2.0-OpenSSH_9.2\r\n"))
          // An alert of TLS may come, but no frame.
          while try await reader.read(1).readableBytes > 0 {}
        }
      }
    }
  }

  @Test func `a client with TLS is told that the server has none`() async throws {
    try await Certificates.withFolder { files in
      let tls = try ClientTLS(ca: files.ca)
      try await withServer { _, endpoint in
        let error = CallError(
          .unavailable,
          """
          Cannot connect to \(endpoint): the server ended the TLS handshake, as one without TLS \
          does: connect without TLS if it has none
          """
        )
        await #expect(throws: error) { try await RPCClient.connect(to: endpoint, tls: tls) }
      }
    }
  }

  @Test func `a drain does not wait for handshakes`() async throws {
    try await Certificates.withFolder { files in
      let tls = try ClientTLS(ca: files.ca)
      try await withServer(tls: ServerTLS(identity: files.server)) { server, endpoint in
        try await RawPeer.withConnection(to: endpoint.port) { reader, _ in
          // Connections are accepted in their order.
          try await call(endpoint, tls: tls)
          server.drain()
          #expect(try await reader.readFrame() == nil)
        }
      }
    }
  }

  @Test func `a client that is cancelled does not wait for a handshake`() async throws {
    let accepted = Signal()
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        accepted.fire()
        return channel.eventLoop.makeSucceededVoidFuture()
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let endpoint = Endpoint(host: "127.0.0.1", port: try #require(listener.localAddress?.port))
    try await Certificates.withFolder { files in
      let tls = try ClientTLS(ca: files.ca)
      let client = Task { try await RPCClient.connect(to: endpoint, tls: tls) }
      await accepted.wait()
      client.cancel()
      await #expect(throws: CallError.self) { try await client.value }
    }
    try await listener.close()
  }
}
