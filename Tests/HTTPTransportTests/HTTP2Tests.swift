import HTTPTransport
import Identifiers
import NIOCore
import NIOHTTP1
import TestCertificates
import TestHTTP
import Testing

@testable import Listening
@testable import RPC
@testable import TTRPC

/// The same routes over HTTP/2 (RFC 9113), in the clear and over TLS.
@Suite struct HTTP2Tests {
  @Test func `requests on one connection are answered beside each other`() async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await HTTP2Peer.connect(to: endpoint)
      let hanging = try await peer.begin(.POST, "/stream", body: "Hang")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0 ..< 20 {
          group.addTask {
            let response = try await peer.request(.POST, "/call", body: "Say \(number)")
            #expect(response.head?.status == .ok)
            #expect(response.body == "{\"texts\":[\"0:\(number)\"]}")
          }
        }
        try await group.waitForAll()
      }
      let ready = try await peer.request(.GET, "/ready?a=b")
      #expect(ready.body == #"{"query":["a=b"]}"#)
      #expect(ready.head?.headers.contains(name: "connection") == false)
      hanging.cancel()
      try await peer.close()
    }
  }

  @Test(arguments: [
    (HTTPMethod.GET, "/nothing", nil as String?, HTTPResponseStatus.notFound),
    (.PUT, "/ready", "{}", .methodNotAllowed),
    (.HEAD, "/ready", nil, .ok),
    (.OPTIONS, "/echo", nil, .noContent),
    (.POST, "/call", "Say fail here", .notFound),
    (.POST, "/echo", "{}", .ok),
  ])
  func `a request has the status that it has in HTTP/1`(
    method: HTTPMethod,
    path: String,
    body: String?,
    status: HTTPResponseStatus
  ) async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await HTTP2Peer.connect(to: endpoint)
      let response = try await peer.request(method, path, body: body)
      #expect(response.head?.status.code == status.code && response.isWhole)
      try await peer.close()
    }
  }

  @Test func `header fields that are too large end their request, and no other`() async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await HTTP2Peer.connect(to: endpoint)
      let hanging = try await peer.begin(.POST, "/stream", body: "Hang")
      // When this is answered, the client has agreed to the server's settings. Before that, NIO reads
      // 16 KiB, and ends the connection.
      #expect(try await peer.request(.GET, "/ready").head?.status == .ok)
      // As much as fits into one frame: NIO sends no others.
      for size in [16_384, 20_000, 25_000] {
        let large = HTTPHeaders([("x-large", String(repeating: "a", count: size))])
        let response = try await peer.request(.GET, "/ready", large)
        #expect(response.head?.status.code == 431, "\(size)")
      }
      #expect(try await peer.request(.GET, "/ready").head?.status == .ok)
      hanging.cancel()
      try await peer.close()
    }
  }

  @Test func `a stream that is reset ends its call, and no other`() async throws {
    try await withServer { _, endpoint, ended in
      let peer = try await HTTP2Peer.connect(to: endpoint)
      for body in ["Hang", "Silent", "Hang flood"] {
        let stream = try await peer.begin(.POST, "/stream", body: body)
        try await Task.sleep(for: .milliseconds(20))
        stream.cancel()
      }
      try await ended.wait(for: 3)
      #expect(try await peer.request(.GET, "/ready").head?.status == .ok)
      let last = try await peer.begin(.POST, "/stream", body: "Hang")
      _ = try await peer.request(.GET, "/ready")
      try await peer.close()
      _ = try await last.response.get()
      try await ended.wait(for: 4)
    }
  }

  @Test func `a long stream waits for its reader's window, and arrives whole`() async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await HTTP2Peer.connect(to: endpoint)
      let response = try await peer.request(.POST, "/stream", body: "Count 50000")
      #expect(response.isWhole && response.body.hasSuffix("data: [DONE]\n\n"))
      #expect(response.body.split(separator: "data: ").count == 50_001)
      try await peer.close()
    }
  }

  @Test func `large content arrives whole, and too large content is refused`() async throws {
    try await withServer(limits: HTTPLimits(contentSize: 1 << 20)) { _, endpoint, _ in
      let peer = try await HTTP2Peer.connect(to: endpoint)
      let body = String(repeating: "x", count: 1 << 20)
      let size = try await peer.request(.POST, "/size", body: body)
      #expect(size.body == #"{"size":1048576}"#)
      let refused = try await peer.request(.POST, "/size", body: body + "x")
      #expect(refused.head?.status == .payloadTooLarge)
      #expect(try await peer.request(.GET, "/ready").head?.status == .ok)
      try await peer.close()
    }
  }

  @Test func `a drain lets requests end, and takes those that were sent before it was seen`()
    async throws
  {
    try await withServer { server, endpoint, ended in
      let peer = try await HTTP2Peer.connect(to: endpoint)
      let hanging = try await peer.begin(.POST, "/stream", body: "Hang")
      _ = try await peer.request(.GET, "/ready")
      server.drain(gracePeriod: .milliseconds(100))
      let response = try await hanging.response.get()
      #expect(response.body.contains("event: error\ndata: The server is shutting down"))
      try await ended.wait(for: 1)
    }
  }

  @Test func `all protocols are spoken on one port, over TLS and in the clear, through a drain`()
    async throws
  {
    try await Certificates.withFolder { files in
      for isSecured in [false, true] {
        let serverTLS =
          isSecured
          ? try ServerTLS(
            identity: files.server,
            applicationProtocols: TTRPCTransport.applicationProtocols
              + HTTPTransport.applicationProtocols
          ) : nil
        let tls = { @Sendable (name: String) throws(TLSError) -> ClientTLS? in
          isSecured ? try ClientTLS(ca: files.ca, applicationProtocols: [name]) : nil
        }
        try await withServer(tls: serverTLS) { server, endpoint, _ in
          let native = try await RPCClient.connect(to: endpoint, tls: tls("tokenwire/1"))
          let http2 = try await HTTP2Peer.connect(to: endpoint, tls: tls("h2"))
          try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0 ..< 20 {
              group.addTask {
                let said: KeyValue = try await native.unary(
                  MethodDescriptor(service: TestService.name, method: "Say"),
                  KeyValue(key: "\(number)")
                )
                #expect(said.key == "\(number)")
              }
              group.addTask {
                let response = try await http2.request(.POST, "/stream", body: "Count 1000")
                #expect(response.isWhole && response.body.hasSuffix("[DONE]\n\n"))
              }
              group.addTask {
                try await endpoint.converse(tls: tls("http/1.1")) { peer in
                  try await peer.say(.request("POST /stream", body: "Count 1000"))
                  #expect(try await peer.hearAll().contains("data: [DONE]\n\n"))
                }
              }
            }
            try await group.waitForAll()
          }
          let hanging = try await http2.begin(.POST, "/stream", body: "Count 20000")
          try await endpoint.converse(tls: tls("http/1.1")) { peer in
            try await peer.say(.request("POST /stream", body: "Count 20000"))
            _ = try await peer.hear(until: "data: 0:0\n")
            server.drain(gracePeriod: .seconds(600))
            #expect(try await peer.hearAll().contains("data: [DONE]\n\n"))
          }
          #expect(try await hanging.response.get().isWhole)
          await native.close()
        }
      }
    }
  }
}
