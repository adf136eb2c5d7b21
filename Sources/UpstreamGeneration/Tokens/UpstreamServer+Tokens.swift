internal import Generation
internal import Identifiers

extension UpstreamServer {
  /// More than any context has tokens, each with its digits.
  private static let maximumAnswer = 16 << 20

  /// Asks for something of tokens.
  ///
  /// - Parameter task: what is lacking when the server does not know the request.
  /// - Throws: `untold` then.
  func told(
    _ request: UpstreamRequest,
    for task: TokenTask
  ) async throws(UpstreamFailure) -> [UInt8] {
    do throws(UpstreamFailure) {
      return try await self.answer(to: request, upTo: Self.maximumAnswer)
    } catch {
      throw error.asLack(of: task, at: request.path, self.service.model)
    }
  }
}

extension UpstreamFailure {
  /// The failure of a request that not all servers of a kind know.
  fileprivate func asLack(
    of task: TokenTask,
    at path: String,
    _ model: UpstreamModel
  ) -> UpstreamFailure {
    guard let status = self.status, [404, 405, 501].contains(status) else { return self }
    // A model that is not there is missed by its name.
    let namesModel = self.error.message.utf8.firstRange(of: model.name.utf8) != nil
    if status == 404, namesModel { return self }
    var failure = self
    failure.error = .untold(task.name, by: model, "do not know \(path) (status \(status))")
    failure.mayTryAnother = true
    failure.isServersFault = false
    return failure
  }
}
