import Foundation
import Identifiers
import Listening
import RPC
import SystemPackage
import Testing

@Suite struct UnixSocketTests {
  @Test func `calls go over a socket that only this user can open`() async throws {
    try await Self.withPath { path in
      try await withServer(on: .unix(path: path)) { _, endpoint in
        #expect(endpoint == .unix(path: path))
        #expect(try await call(endpoint, "over a file") == "over a file")
        let file = try Stat(FilePath(path))
        #expect(file.type == .socket)
        #expect(file.permissions == FilePermissions(rawValue: 0o600))
      }
    }
  }

  @Test func `a handler sees that a call came over a socket file`() async throws {
    let methods: [Identifier: MethodHandler] = [
      "Unary": .unary { (_: Text, call) in Text(call.peer) }
    ]
    try await Self.withPath { path in
      try await withServer(on: .unix(path: path), methods) { _, endpoint in
        let peer = try await call(endpoint)
        #expect(peer == "unix")
      }
    }
  }

  @Test func `the file goes with the server`() async throws {
    try await Self.withPath { path in
      try await withServer(on: .unix(path: path)) { _, _ in }
      #expect(!FileManager.default.fileExists(atPath: path))
      try await withServer(on: .unix(path: path)) { server, endpoint in
        server.drain()
        let error = await #expect(throws: CallError.self) {
          while true { try await call(endpoint) }
        }
        #expect(error?.code == .unavailable)
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func `the file that a killed server has left is replaced`() async throws {
    try await Self.withPath { path in
      try await withServer(on: .unix(path: path + "-1")) { _, _ in
        // Its server will not find it under this name.
        try FileManager.default.moveItem(atPath: path + "-1", toPath: path)
      }
      await #expect(
        throws: CallError(.unavailable, "Cannot connect to unix:\(path): nothing listens there")
      ) {
        try await call(.unix(path: path))
      }
      try await withServer(on: .unix(path: path)) { _, endpoint in
        let answer = try await call(endpoint)
        #expect(answer == "hi")
      }
    }
  }

  @Test func `a socket that a server listens on is not taken from it`() async throws {
    try await Self.withPath { path in
      try await withServer(on: .unix(path: path)) { _, endpoint in
        let error = await #expect(throws: ListenError.self) {
          try await withServer(on: endpoint) { _, _ in }
        }
        #expect(error?.message == "Cannot listen on unix:\(path): another process listens there")
        let answer = try await call(endpoint)
        #expect(answer == "hi")
      }
    }
  }

  @Test func `a file that is not a socket is never removed`() async throws {
    try await Self.withPath { path in
      try "precious".write(toFile: path, atomically: false, encoding: .utf8)
      let error = await #expect(throws: ListenError.self) {
        try await withServer(on: .unix(path: path)) { _, _ in }
      }
      #expect(
        error?.message == """
          Cannot listen on unix:\(path): a file is there that is not a socket: remove it, or choose \
          another path
          """
      )
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }
  }

  @Test func `a path that no socket can have is refused`() async throws {
    let path = "/tmp/" + String(repeating: "x", count: 99)
    let error = await #expect(throws: ListenError.self) {
      try await withServer(on: .unix(path: path)) { _, _ in }
    }
    let message = "unix:\(path): the path of a socket has at most 103 bytes"
    #expect(error?.message == "Cannot listen on \(message)")
    await #expect(throws: CallError(.unavailable, "Cannot connect to \(message)")) {
      try await call(.unix(path: path))
    }
  }

  /// Has `body` use a path at which nothing is.
  private static func withPath(_ body: (String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("tw-\(UUID().uuidString).sock").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
  }
}
