#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Who may read and change a file that holds a secret.
///
/// A secret is safe in a file of this process's user that is nobody else's to read or write. It is safe, too,
/// where the machine's administrator has mounted it: in the credentials of a systemd service, a secret of
/// Kubernetes, or a function of AWS Lambda. Such files are root's, and nobody can change them.
public struct SecretFileAccess: Sendable, Hashable {
  /// The id of the file's user.
  public var owner: UInt32
  /// Who may read and write it: the low nine bits of its mode.
  public var permissions: UInt32
  /// Whether nobody can change it: its file system is mounted for reading alone, or it is one of systemd's
  /// credentials of this service.
  public var isSealed: Bool
  /// Whether the machine has no users but this one: AWS Lambda's.
  public var isAlone: Bool

  /// What is wrong with a file.
  public enum Fault: Sendable, Hashable {
    case belongsToAnotherUser
    case isOpenToOthers
    /// It cannot be changed here: whoever mounts it can.
    case isMountedForAll
  }

  /// Creates what a file's status says.
  public init(owner: UInt32, permissions: UInt32, isSealed: Bool, isAlone: Bool) {
    self.owner = owner
    self.permissions = permissions
    self.isSealed = isSealed
    self.isAlone = isAlone
  }

  /// Reads it of an open file.
  ///
  /// - Parameter path: where it was opened.
  /// - Returns: nil when the system does not tell.
  public init?(of file: Int32, at path: String) {
    var status = stat()
    var system = statvfs()
    guard fstat(file, &status) == 0, fstatvfs(file, &system) == 0 else { return nil }
    let isReadOnly = system.f_flag & UInt(ST_RDONLY) != 0
    self.init(
      owner: status.st_uid,
      permissions: status.st_mode & 0o777,
      isSealed: isReadOnly || Self.isCredential(path),
      isAlone: getenv("AWS_LAMBDA_RUNTIME_API") != nil
    )
  }

  /// (https://systemd.io/CREDENTIALS)
  private static func isCredential(_ path: String) -> Bool {
    guard let folder = getenv("CREDENTIALS_DIRECTORY").map({ String(cString: $0) }),
      folder.utf8.first == UInt8(ascii: "/")
    else { return false }
    return path.utf8.starts(with: (folder + "/").utf8)
      && path.utf8.firstRange(of: "/../".utf8) == nil
  }

  /// What is wrong with it for a user of this id; nil for a file that is safe.
  public func fault(for user: UInt32) -> Fault? {
    if self.owner == user, self.permissions & 0o077 == 0 { return nil }
    let isAdministrators = self.owner == 0 || self.owner == user
    if self.isSealed, isAdministrators, self.permissions & 0o022 == 0 {
      return self.permissions & 0o004 == 0 || self.isAlone ? nil : .isMountedForAll
    }
    return self.owner == user ? .isOpenToOthers : .belongsToAnotherUser
  }
}
