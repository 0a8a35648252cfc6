#!/usr/bin/env bash
# Run the tests on Python 3.14 and 3.15, which Debian sid has. Arguments go to pytest; `make test-pythons` gives none.
#
# The first run builds a minimal sid in build/pythons-root, later ones use it again; `rm -rf build/pythons-root` starts
# afresh. It needs root rights and debootstrap. PYTHONS, MIRROR (of Debian) and DIGITPAD_DATA may be set.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD/build/pythons-root
read -ra versions <<<"${PYTHONS:-3.14 3.15}"
complete=$root/.complete

fail() { echo "test-pythons: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "needs root rights to build and enter a Debian system: try sudo make test-pythons"
[ -e "$complete" ] || command -v debootstrap >/dev/null || fail "needs debootstrap: apt-get install debootstrap"

# Mounts and processes in namespaces of their own: both are gone when this script ends, even by SIGKILL, and a
# `rm -rf build` in another terminal cannot reach what is mounted here.
if [ "${1:-}" != --inside ]; then
  exec unshare --mount --pid --fork --kill-child "$BASH" tests/pythons.sh --inside "$@"
fi
shift
trap 'exit 130' INT TERM HUP

mkdir -p build
exec {lock}>"$root.lock"
flock --nonblock "$lock" || fail "runs already, in another terminal"

inside() {
  env -u VIRTUAL_ENV -u TMPDIR PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    chroot "$root" "$@"
}

bind() { # a folder of this system, read-only, at the same place in the other
  mkdir -p "$root$1"
  mount --bind -o ro "$1" "$root$1"
}

if [ ! -e "$complete" ]; then
  # The mirror that this system's apt uses, if it is a Debian.
  # shellcheck disable=SC2016
  mirror=${MIRROR:-$(apt-get indextargets --format '$(ORIGIN),$(LABEL),$(REPO_URI)' 2>/dev/null |
    sed -n 's/^Debian,Debian,//p' | head -1 || true)}
  rm -rf --one-file-system "$root"
  mkdir -p "$root"
  debootstrap --variant=minbase sid "$root" "${mirror:-http://deb.debian.org/debian}" >"$root.log" ||
    fail "debootstrap failed: see $root.log"
fi

mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev" # with its pts (terminals) and shm
for file in /etc/hosts /etc/resolv.conf /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
  [ ! -e "$file" ] || install -D --mode=644 "$file" "$root$file"
done

if [ ! -e "$complete" ]; then
  # A mirror that lags behind has an index that is signed, but out of date.
  { apt-config dump Acquire 2>/dev/null || true; echo 'Acquire::Check-Valid-Until "false";'; } \
    >"$root/etc/apt/apt.conf.d/90test-pythons"
  inside apt-get update -qq
  packages=("${versions[@]/#/python}")
  # shellcheck disable=SC2046
  inside apt-get install -qq -y --no-install-recommends "${packages[@]/%/-venv}" xvfb xdotool \
    $(sed -n 's/^sudo apt-get install //p' README.md | head -1) >>"$root.log"
  touch "$complete"
fi

for folder in /etc/ssl/certs ${PIP_FIND_LINKS:-}; do
  [ ! -d "$folder" ] || bind "$folder"
done
if [ -n "${DIGITPAD_DATA:-}" ]; then
  DIGITPAD_DATA=$(realpath "$DIGITPAD_DATA")
  export DIGITPAD_DATA
  bind "$DIGITPAD_DATA"
fi

rm -rf "$root/digitpad"
mkdir "$root/digitpad"
tar --create --exclude-vcs --exclude='./.*cache' --exclude='./.venv*' --exclude=./build --exclude=__pycache__ . |
  tar --extract --no-same-owner --directory "$root/digitpad"

status=0
for version in "${versions[@]}"; do
  python=/venvs/$version/bin/python
  [ -e "$root$python" ] || inside "python$version" -m venv "/venvs/$version"
  inside "$python" -VV
  # shellcheck disable=SC2016
  inside sh -c 'cd /digitpad && "$0" -m pip install --quiet --disable-pip-version-check --editable ".[dev]" &&
    exec "$0" -m pytest -n auto --dist loadfile "$@"' "$python" "$@" || status=1
done
exit $status
