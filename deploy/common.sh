# What the parts of the set-up share.

say() {
  echo "setup: $*" >&2
}

fail() {
  echo "setup: $*" >&2
  exit 1
}

# run_slowly WHAT COMMAND...: runs a long command and shows that it lives. Its output goes to a
# file, of which the end is shown when it fails.
run_slowly() {
  local what=$1 log=$scratch/log begin=$SECONDS
  shift
  say "$what ..."
  # In a process group of its own, so that an interrupted set-up leaves nothing of it behind.
  set -m
  "$@" > "$log" 2>&1 9>&- &
  local pid=$!
  set +m
  trap 'kill -- "-$pid" 2> /dev/null; wait "$pid" || true; exit 130' INT TERM
  while sleep 1; kill -0 "$pid" 2> /dev/null; do
    show_progress "$log" $((SECONDS - begin))
  done
  trap - INT TERM
  if ! wait "$pid"; then
    [[ ! -t 2 ]] || echo >&2
    tail -n 15 "$log" >&2
    return 1
  fi
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
  say "$what: done in $((SECONDS - begin)) s"
}

# show_progress LOG SECONDS: one line that renews itself on a terminal; elsewhere one every 30 s.
show_progress() {
  local step
  step=$(grep --only-matching --text '^\[ *[0-9]*%\]' "$1" | tail -n 1 || true)
  if [[ -t 2 ]]; then
    printf '\r\033[Ksetup: %s s %s' "$2" "$step" >&2
  elif (($2 % 30 == 0)); then
    say "$2 s $step"
  fi
}

# check_sum FILE SHA256: whether the file is what it should be.
check_sum() {
  echo "$2  $1" | sha256sum --check --status
}

# pip_get COMMAND REQUIREMENT SHA256 OPTION...: `pip download` or `pip wheel` of one pinned package,
# into the scratch folder.
pip_get() {
  local command=$1 requirement=$2 sum=$3
  shift 3
  echo "$requirement --hash=sha256:$sum" > "$scratch/requirements.txt"
  # pip's cache knows nothing of the CPU that a wheel was built for, and ours keeps the result.
  python3 -m venv "$scratch/venv" &&
    "$scratch/venv/bin/pip" "$command" --no-cache-dir --no-deps --require-hashes \
      --requirement "$scratch/requirements.txt" "$@"
}
