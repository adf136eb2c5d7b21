import Testing

@testable import tokenwire

@Suite struct ProcessAgeTests {
  @Test func `a process is as old as its clock says`() throws {
    let begin = ContinuousClock.now
    let first = try #require(processAge())
    let second = try #require(processAge())
    #expect(first > .zero)
    #expect(second >= first)
    // The kernel tells it by hundredths.
    #expect(second - first <= ContinuousClock.now - begin + .milliseconds(10))
  }

  @Test(arguments: [
    // proc_pid_stat(5): the command's name may have spaces and parentheses.
    ("7 (a) b) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 250 8192 1", 250),
    ("7 (tokenwire) R 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 0 8192 1", 0),
    ("7 (tokenwire) R 1 7 7", nil), ("", nil), ("7 tokenwire R 1", nil),
    ("7 (a) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 x 8192 1", nil),
  ])
  func `the start is in the twentieth field after the name`(line: String, ticks: Int?) {
    #expect(startTicks(inStatus: line) == ticks)
  }
}
