import Foundation
import Identifiers
import Testing

@testable import AccessTokens

@Suite struct KeyFileTests {
  @Test(arguments: [0o600, 0o400, 0o700])
  func `a file that its owner alone may read is read`(permissions: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      try writePrivately(TestKeys.file(TestKeys.key()), to: path)
      try setPermissions(permissions, of: path)
      #expect(try KeyRing(path: path).keys.map(\.id) == ["k1"])
    }
  }

  @Test func `a byte-order mark before the keys is passed over`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      try writePrivately("\u{FEFF}" + TestKeys.file(TestKeys.key()), to: path)
      #expect(try KeyRing(path: path).keys.map(\.id) == ["k1"])
      try writePrivately("\u{FEFF}", to: folder + "/empty.json")
      #expect(throws: KeyError.self) { try KeyRing(path: folder + "/empty.json") }
    }
  }

  @Test(arguments: [0o604, 0o640, 0o644, 0o620, 0o602, 0o610, 0o666, 0o777])
  func `a file that others may read or write is refused`(permissions: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      try writePrivately(TestKeys.file(TestKeys.key()), to: path)
      try setPermissions(permissions, of: path)
      let error = #expect(throws: KeyError.self) { try KeyRing(path: path) }
      #expect(
        error?.message
          == "The key file \(path) can be read or written by others: run chmod 600 \(path)"
      )
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func `a file of another user is refused`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      try writePrivately(TestKeys.file(TestKeys.key()), to: path)
      try #require(chown(path, 1, 1) == 0)
      let error = #expect(throws: KeyError.self) { try KeyRing(path: path) }
      #expect(
        error?.message
          == "The key file \(path) belongs to another user: run chown \(geteuid()) \(path)"
      )
    }
  }

  @Test(
    arguments: [
      // Ours alone; with others' rights; another's.
      (1000, 0o600, false, false, nil), (1000, 0o400, false, false, nil),
      (1000, 0o640, false, false, .isOpenToOthers), (0, 0o400, false, false, .belongsToAnotherUser),
      // systemd's credentials since 254, a secret of Kubernetes with a group, and one with the default mode.
      (0, 0o440, true, false, nil), (0, 0o644, true, false, .isMountedForAll),
      // A layer of AWS Lambda.
      (0, 0o644, true, true, nil), (0, 0o755, true, true, nil),
      (0, 0o666, true, true, .belongsToAnotherUser),
      // A third user could change it elsewhere; others could here.
      (1001, 0o440, true, false, .belongsToAnotherUser),
      (0, 0o460, true, false, .belongsToAnotherUser),
      (1000, 0o660, true, false, .isOpenToOthers), (1000, 0o440, true, false, nil),
      // No other user of the machine does not make a file that can be changed safe.
      (0, 0o644, false, true, .belongsToAnotherUser),
    ] as [(UInt32, UInt32, Bool, Bool, SecretFileAccess.Fault?)]
  )
  func `who may have a secret's file`(
    owner: UInt32,
    permissions: UInt32,
    isSealed: Bool,
    isAlone: Bool,
    fault: SecretFileAccess.Fault?
  ) {
    let access = SecretFileAccess(
      owner: owner,
      permissions: permissions,
      isSealed: isSealed,
      isAlone: isAlone
    )
    #expect(access.fault(for: 1000) == fault)
  }

  @Test func `an open file tells who may have it`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      try writePrivately("{}", to: path)
      let file = open(path, O_RDONLY | O_CLOEXEC)
      defer { close(file) }
      let access = try #require(SecretFileAccess(of: file, at: path))
      #expect(access.owner == geteuid())
      #expect(access.permissions == 0o600)
      #expect(!access.isSealed)
      #expect(SecretFileAccess(of: -1, at: path) == nil)
    }
  }

  @Test func `what is no file is refused`() throws {
    try withTemporaryFolder { folder in
      let missing = #expect(throws: KeyError.self) { try KeyRing(path: folder + "/keys.json") }
      #expect(
        missing?.message
          == "The key file \(folder)/keys.json cannot be opened: No such file or directory"
      )
      let directory = #expect(throws: KeyError.self) { try KeyRing(path: folder) }
      #expect(directory?.message == "The key file \(folder) is not a file")
      try #require(mkfifo(folder + "/pipe", 0o600) == 0)
      let pipe = #expect(throws: KeyError.self) { try KeyRing(path: folder + "/pipe") }
      #expect(pipe?.message == "The key file \(folder)/pipe is not a file")
    }
  }

  @Test func `a file that is too large is refused`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      let space = String(repeating: " ", count: 64 * 1024)
      try writePrivately(TestKeys.file(TestKeys.key()) + space, to: path)
      let error = #expect(throws: KeyError.self) { try KeyRing(path: path) }
      #expect(error?.message == "The key file \(path) has more than 65536 bytes")
    }
  }

  @Test func `a new file is for its owner alone, and is never written over`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/keys.json"
      let ring = try KeyRing.create(path: path, algorithm: .hs384)
      #expect(try permissions(of: path) == 0o600)
      #expect(try KeyRing(path: path).keys.map(\.id) == ring.keys.map(\.id))
      let error = #expect(throws: KeyError.self) { try KeyRing.create(path: path) }
      #expect(error?.message == "The key file \(path) cannot be written: File exists")
      #expect(try KeyRing(path: path).keys.map(\.algorithm) == [.hs384])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["keys.json"])
    }
  }

  @Test func `a folder that is not there is named`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/nowhere/keys.json"
      let error = #expect(throws: KeyError.self) { try KeyRing.create(path: path) }
      #expect(
        error?.message == "The key file \(path) cannot be written: No such file or directory"
      )
    }
  }

  @Test func `a rotation leaves one file, for its owner alone, and links alone`() throws {
    try withTemporaryFolder { folder in
      let ring = try KeyRing.create(path: folder + "/keys.json")
      let link = folder + "/link.json"
      try FileManager.default.createSymbolicLink(
        atPath: link,
        withDestinationPath: "keys.json"
      )
      try KeyRing(path: link).rotate(overlap: .seconds(60))
      try ring.reload()
      #expect(ring.keys.count == 2)
      #expect(try permissions(of: folder + "/keys.json") == 0o600)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "keys.json")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
          == ["keys.json", "link.json"]
      )
    }
  }

  @Test func `rotations at the same time all count`() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("keys.json").path
    _ = try KeyRing.create(path: path)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0 ..< 8 {
        group.addTask { try KeyRing(path: path).rotate(overlap: .seconds(60)) }
      }
      try await group.waitForAll()
    }
    #expect(try KeyRing(path: path).keys.count == 9)
  }
}
