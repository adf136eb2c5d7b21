# Debian packages, by what needs them.

# What a set holds is what its commands need beyond `build`, which every build in Swift needs.
readonly -A packages_of=(
  [build]="libprotobuf-c-dev libssl-dev libsqlite3-dev libpq-dev zlib1g-dev pkg-config cmake g++ make python3 python3-venv unzip"
  [proto]="git protobuf-compiler libprotobuf-c-dev protobuf-c-compiler python3 python3-venv"
  [tokens]="git python3 python3-venv"
  # For certificates, and the log in a database.
  [test]="openssl postgresql"
  # The conformance suite's driver in C, what the C client runs under, and the Go example.
  [clients]="openssl libcjson-dev valgrind protobuf-compiler golang-go golang-github-containerd-ttrpc-dev
    golang-google-protobuf-dev gogottrpc"
  # The log in MongoDB.
  [mongodb]="libmongoc-dev"
  [http]="curl"
  # For certificates, and the interoperability tests in Go and C++.
  [grpc]="openssl golang-go golang-google-grpc-dev golang-goprotobuf-dev libgrpc++-dev protobuf-compiler
    protobuf-compiler-grpc"
  [rust]="cargo librust-ttrpc-dev librust-protobuf-dev protobuf-codegen protobuf-compiler"
  [vanish]="bc iproute2"
  [disk]="e2fsprogs mount"
  # The peers of the benchmarks.
  [bench-http]="golang-go"
  [bench-upstream]="nginx-light"
  # A server, pgbench and psql.
  [bench-stores]="postgresql"
  [bench-rpc]="golang-go golang-google-grpc-dev golang-goprotobuf-dev
    golang-github-containerd-ttrpc-dev gogoprotobuf libgrpc++-dev protobuf-compiler
    protobuf-compiler-grpc"
  [fresh-machine]="debootstrap"
  # What make package makes it with and checks it by, and what make test-deploy does.
  [package]="dpkg-dev fakeroot lintian python3"
  [deploy]="buildah debootstrap iproute2 lintian systemd python3 python3-venv curl util-linux"
)

# install_packages SET...
install_packages() {
  local set packages=() installed missing
  for set in "$@"; do
    [[ -v packages_of[$set] ]] ||
      fail "There is no set of packages \"$set\"; there are: ${!packages_of[*]}"
    # Words are meant: each is a package.
    # shellcheck disable=SC2206
    packages+=(${packages_of[$set]})
  done
  # dpkg-query fails when it has never heard of one of them, after it has listed the others.
  installed=$({ dpkg-query --show --showformat '${db:Status-Status} ${binary:Package}\n' \
    "${packages[@]}" 2> /dev/null || true; } | sed --quiet 's/^installed \([^:]*\).*/\1/p')
  mapfile -t missing < <(
    comm -23 <(printf '%s\n' "${packages[@]}" | sort --unique) <(sort <<< "$installed")
  )
  ((${#missing[@]})) || return 0

  local sudo=()
  if ((EUID != 0)); then
    command -v sudo > /dev/null ||
      fail "These packages are missing, and neither root nor sudo is there to install them:" \
        "${missing[*]}"
    sudo=(sudo)
  fi
  say "Installing Debian packages: ${missing[*]}"
  {
    "${sudo[@]}" apt-get update --quiet &&
      "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --quiet --yes --no-install-recommends "${missing[@]}"
  } >&2 || fail "apt-get could not install ${missing[*]}: its messages are above."
}
