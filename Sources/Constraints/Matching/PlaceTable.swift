/// What must follow: the element at `position`, of which `count` parts are done, and then the place
/// `parent`. Places are stacks that share their lower parts.
struct Place: Equatable {
  var parent: Int32
  var position: Int32
  var count: Int32
}

/// All places needed so far, by number.
struct PlaceTable {
  /// Nothing must follow.
  static let nothing: Int32 = 0

  private(set) var places = [Place(parent: -1, position: -1, count: 0)]
  /// For each place its near place: one that allows the same next few bytes, with counts far from
  /// their limits made equal. What is known of a near place holds for many.
  private(set) var nearPlaces: [Int32] = [0]
  /// The numbers by hash; 0 is free.
  private var buckets = Array(repeating: Int32(0), count: 256)
  private let seed = Int.random(in: .min ... .max)

  var count: Int { self.places.count }

  subscript(_ number: Int32) -> Place { self.places[Int(number)] }

  func near(_ number: Int32) -> Int32 { self.nearPlaces[Int(number)] }

  /// - Parameter nearCount: `count` in its near place.
  mutating func number(_ place: Place, nearCount: Int32) -> Int32 {
    let bucket = self.bucket(of: place)
    if self.buckets[bucket] != 0 { return self.buckets[bucket] }
    let number = self.insert(place, in: bucket)
    let nearParent = place.parent < 0 ? place.parent : self.nearPlaces[Int(place.parent)]
    let near = Place(parent: nearParent, position: place.position, count: nearCount)
    // A near place is its own near place, so this recurses only once.
    let nearNumber = near == place ? number : self.number(near, nearCount: nearCount)
    self.nearPlaces[Int(number)] = nearNumber
    return number
  }

  private mutating func insert(_ place: Place, in bucket: Int) -> Int32 {
    let number = Int32(self.places.count)
    self.places.append(place)
    self.nearPlaces.append(number)
    self.buckets[bucket] = number
    if self.places.count * 2 > self.buckets.count {
      self.buckets = Array(repeating: 0, count: self.buckets.count * 2)
      for number in 1 ..< Int32(self.places.count) {
        self.buckets[self.bucket(of: self[number])] = number
      }
    }
    return number
  }

  /// The bucket where a place is, or belongs.
  private func bucket(of place: Place) -> Int {
    var hash = UInt64(truncatingIfNeeded: self.seed)
    for part in [place.parent, place.position, place.count] {
      hash = (hash ^ UInt64(UInt32(bitPattern: part))) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
    }
    let mask = self.buckets.count - 1
    var bucket = Int(truncatingIfNeeded: hash >> 20) & mask
    while self.buckets[bucket] != 0, self[self.buckets[bucket]] != place {
      bucket = (bucket + 1) & mask
    }
    return bucket
  }
}
