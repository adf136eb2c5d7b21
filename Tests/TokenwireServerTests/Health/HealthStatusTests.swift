import Testing

@testable import TokenwireServer

@Suite struct HealthStatusTests {
  private let status = HealthStatus()

  @Test func `a phase never comes again`() {
    #expect(self.status.advance(to: .serving))
    #expect(!self.status.advance(to: .serving))
    #expect(!self.status.advance(to: .loading))
    #expect(self.status.phase == .serving)
    #expect(self.status.advance(to: .draining))
    #expect(!self.status.advance(to: .serving))
    #expect(self.status.phase == .draining)
  }

  @Test func `a reader sees each phase, and the end after the last`() async {
    var phases = self.status.phases().makeAsyncIterator()
    #expect(await phases.next() == .loading)
    self.status.advance(to: .serving)
    #expect(await phases.next() == .serving)
    self.status.advance(to: .draining)
    #expect(await phases.next() == .draining)
    #expect(await phases.next() == nil)
  }

  @Test func `a reader that is late gets the latest phase`() async {
    let phases = self.status.phases()
    self.status.advance(to: .serving)
    self.status.advance(to: .draining)
    #expect(await phases.reduce(into: []) { $0.append($1) } == [.draining])
  }

  @Test func `a reader that comes at the end gets it`() async {
    self.status.advance(to: .draining)
    #expect(await self.status.phases().reduce(into: []) { $0.append($1) } == [.draining])
    #expect(self.status.watchers == 0)
  }

  @Test func `a reader that goes away is forgotten`() async {
    do {
      let (first, second) = (self.status.phases(), self.status.phases())
      #expect(self.status.watchers == 2)
      withExtendedLifetime((first, second)) {}
    }
    #expect(self.status.watchers == 0)
  }
}
