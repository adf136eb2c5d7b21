# Debian packages.

readonly packages=(
  libprotobuf-c-dev protobuf-c-compiler protobuf-compiler libssl-dev libsqlite3-dev pkg-config
  g++ make openssl python3 python3-venv unzip
)

install_packages() {
  local installed missing
  # dpkg-query fails when it has never heard of one of them, after it has listed the others.
  installed=$({ dpkg-query --show --showformat '${db:Status-Status} ${binary:Package}\n' \
    "${packages[@]}" 2> /dev/null || true; } | sed --quiet 's/^installed \([^:]*\).*/\1/p')
  mapfile -t missing < <(comm -23 <(printf '%s\n' "${packages[@]}" | sort) <(sort <<< "$installed"))
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
