internal import Identifiers

/// Numbers.
extension SchemaCompiler {
  mutating func defineNumber(
    _ rule: Int32,
    as schemas: [Number],
    isInteger: Bool
  ) throws(SchemaError) {
    let low = try self.limit("minimum", "exclusiveMinimum", of: schemas)
    let high = try self.limit("maximum", "exclusiveMaximum", of: schemas)
    let multiple = try self.factor(of: schemas, isInteger: isInteger)
    let factor = multiple.flatMap { $0.places == 0 ? $0.units : nil }
    // Equal limits share their rules.
    let key: Identifier =
      "\(multiple?.units ?? 0) \(multiple?.places ?? 0) \(low?.key ?? "") \(high?.key ?? "")"
    if let known = self.shared[key] { return try self.add([.rule(known)], to: rule) }
    let own = self.builder.newRule()
    self.shared[key] = own
    try self.add([.rule(own)], to: rule)
    var alternatives: [[Element]]
    if let multiple, multiple.places > 0 {
      alternatives = try self.fractions(of: multiple, from: low, to: high, schemas)
    } else if let factor, factor > 1 {
      alternatives = try self.multiples(of: factor, from: low, to: high, schemas)
    } else if low == nil, high == nil {
      if factor == nil { return try self.add([try self.anyNumber()], to: own) }
      alternatives = try self.work { builder throws(GrammarError) in
        try DigitRules.anyInteger(&builder)
      }
    } else if factor != nil {
      alternatives = try self.work { builder throws(GrammarError) in
        try DigitRules.integers(
          from: low.map { WholeNumber(atLeast: $0) },
          to: high.map { WholeNumber(atMost: $0) },
          &builder
        )
      }
    } else {
      alternatives = try self.work { builder throws(GrammarError) in
        try DigitRules.numbers(from: low, to: high, &builder)
      }
    }
    if alternatives.isEmpty {
      let schema =
        self.first(schemas, with: "maximum") ?? self.first(schemas, with: "exclusiveMaximum")
      self.note("the limits", at: schema ?? schemas[0], "leave no number between them")
    }
    for alternative in alternatives { try self.add(alternative, to: own) }
  }

  /// The narrowest limit of some schemas at one end.
  func limit(
    _ inclusive: Identifier,
    _ exclusive: Identifier,
    of schemas: [Number]
  ) throws(SchemaError) -> NumberLimit? {
    let isLow = inclusive == "minimum"
    var narrowest: NumberLimit?
    for schema in schemas {
      for limit in try self.limits(inclusive, exclusive, of: schema) {
        guard let known = narrowest else {
          narrowest = limit
          continue
        }
        let isNarrower =
          limit.value == known.value
          ? limit.isExclusive : (limit.value > known.value) == isLow
        if isNarrower { narrowest = limit }
      }
    }
    return narrowest
  }

  func limits(
    _ inclusive: Identifier,
    _ exclusive: Identifier,
    of schema: Number
  ) throws(SchemaError) -> [NumberLimit] {
    var limits: [NumberLimit] = []
    var isExclusive = false
    if let number = self.document.member(exclusive, of: schema) {
      switch self.document[number] {
      case .number(let value): limits.append(NumberLimit(value: value, isExclusive: true))
      // Draft 04.
      case .bool(let bool): isExclusive = bool
      default: throw self.error("\"\(exclusive)\"", at: schema, "must be a number")
      }
    }
    if let number = self.document.member(inclusive, of: schema) {
      guard case .number(let value) = self.document[number] else {
        throw self.error("\"\(inclusive)\"", at: schema, "must be a number")
      }
      limits.append(NumberLimit(value: value, isExclusive: isExclusive))
    }
    return limits
  }

  /// What numbers must be multiples of.
  private func factor(of schemas: [Number], isInteger: Bool) throws(SchemaError) -> Factor? {
    var factor = isInteger ? Factor(Decimal(1)) : nil
    for schema in schemas {
      guard let number = self.document.member("multipleOf", of: schema) else { continue }
      guard case .number(let value) = self.document[number], !value.isNegative, !value.isZero else {
        throw self.error("\"multipleOf\"", at: schema, "must be a number above 0")
      }
      let next = Factor(value)
      guard let both = factor.map({ known in next.flatMap { known.common(with: $0) } }) ?? next
      else {
        throw self.error(
          "the keyword \"multipleOf\"",
          at: schema,
          "is not supported for numbers of more than \(Factor.maximumPlaces) digits, by itself and "
            + "beside the others"
        )
      }
      factor = both
    }
    return factor
  }

  /// The largest factor that is not a power of ten, and the most values that are listed.
  private static let maximumFactor = 100
  private static let maximumValues = 1_000

  /// The multiples of a number with a fraction.
  private mutating func fractions(
    of factor: Factor,
    from low: NumberLimit?,
    to high: NumberLimit?,
    _ schemas: [Number]
  ) throws(SchemaError) -> [[Element]] {
    guard factor.units == 1 else {
      throw self.error(
        "the keyword \"multipleOf\"",
        at: self.first(schemas, with: "multipleOf") ?? 0,
        "is supported for whole numbers and powers of ten such as 0.01"
      )
    }
    return try self.work { builder throws(GrammarError) in
      try DigitRules.numbers(from: low, to: high, places: factor.places, &builder)
    }
  }

  private mutating func multiples(
    of factor: Int,
    from low: NumberLimit?,
    to high: NumberLimit?,
    _ schemas: [Number]
  ) throws(SchemaError) -> [[Element]] {
    let first = low.map { WholeNumber(atLeast: $0) }
    let last = high.map { WholeNumber(atMost: $0) }
    if let first, let last, last < first { return [] }
    if let a = first?.integer, let b = last?.integer, (b - a) / factor <= Self.maximumValues {
      let start = a >= 0 ? (a + factor - 1) / factor * factor : -(-a / factor * factor)
      let values = stride(from: start, through: b, by: factor).map { Array("\($0)".utf8) }
      if values.isEmpty { return [] }
      return [try self.work { builder throws(GrammarError) in try builder.texts(values) }]
    }
    var zeros = 0
    var power = 1
    while power < factor, zeros < 17 {
      power *= 10
      zeros += 1
    }
    if power == factor { return try self.multiples(ofPower: zeros, from: first, to: last) }
    // Only without limits, except those that a sign or a single value satisfies.
    guard factor <= Self.maximumFactor, last == nil,
      first.map({ ($0.integer ?? .max) <= factor }) ?? true
    else {
      throw self.error(
        "the keyword \"multipleOf\"",
        at: self.first(schemas, with: "multipleOf") ?? 0,
        "is supported up to \(Self.maximumFactor), beside limits for at most \(Self.maximumValues) "
          + "values, and for powers of ten"
      )
    }
    let positive = try self.shared("multiples of \(factor)") { builder throws(GrammarError) in
      try Self.digits(ofMultiplesOf: factor, &builder)
    }
    var alternatives: [[Element]] = [[positive]]
    if first.map({ ($0.integer ?? 1) <= 0 }) ?? true { alternatives.append([.byte(48)]) }
    if first == nil { alternatives.append([.byte(UInt8(ascii: "-")), positive]) }
    return alternatives
  }

  /// The digits of a number's multiples above 0.
  private static func digits(
    ofMultiplesOf factor: Int,
    _ builder: inout RuleBuilder
  ) throws(GrammarError) -> [[Element]] {
    // By the remainder of the digits so far, what may follow, built from the last digit to the
    // first.
    var rests: [Element?] = (0 ..< factor).map { _ in nil }
    for _ in 1 ..< DigitRules.maximumDigits {
      var next: [Element?] = []
      for remainder in 0 ..< factor {
        var alternatives = remainder == 0 ? [[Element]([])] : []
        for digit in 0 ..< 10 {
          let rest = (remainder * 10 + digit) % factor
          if let rest = rests[rest] {
            alternatives.append([.byte(UInt8(48 + digit)), rest])
          } else if rest == 0 {
            alternatives.append([.byte(UInt8(48 + digit))])
          }
        }
        next.append(alternatives.isEmpty ? nil : .rule(try builder.newRule(alternatives)))
      }
      rests = next
    }
    return (1 ..< 10).compactMap { digit in
      rests[digit % factor].map { [.byte(UInt8(48 + digit)), $0] }
    }
  }

  private mutating func multiples(
    ofPower zeros: Int,
    from low: WholeNumber?,
    to high: WholeNumber?
  ) throws(SchemaError) -> [[Element]] {
    /// The number without its last digits, rounded towards 0 or away from it.
    func divided(_ number: WholeNumber, isFarther: Bool) -> WholeNumber {
      let rest = number.digits.suffix(zeros)
      var result = WholeNumber(
        isNegative: number.isNegative,
        digits: Array(number.digits.dropLast(zeros))
      )
      if isFarther, rest.contains(where: { $0 != 0 }) {
        result = number.isNegative ? result.predecessor : result.successor
      }
      if result.digits.isEmpty { result.isNegative = false }
      return result
    }
    let first = low.map { divided($0, isFarther: !$0.isNegative) }
    let last = high.map { divided($0, isFarther: $0.isNegative) }
    return try self.work { builder throws(GrammarError) in
      let digits = Array(repeating: Element.byte(48), count: zeros)
      return try DigitRules.integers(
        from: first,
        to: last,
        most: max(1, DigitRules.maximumDigits - zeros),
        &builder
      ).map {
        $0 == [.byte(48)] ? $0 : $0 + digits
      }
    }
  }
}
