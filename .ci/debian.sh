# shellcheck shell=bash
# Debian packages for the other scripts (sourced): installed as root, or unpacked into a folder by an ordinary user.

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

have_apt() { command -v apt-get >/dev/null && command -v dpkg >/dev/null; }
is_root() { [[ $(id -u) -eq 0 ]]; }
may_install() { is_root || sudo -n true 2>/dev/null; }

# quietly COMMAND...: what it says is shown only when it fails.
quietly() {
    local said
    said=$("$@" 2>&1) || { say "$said"; return 1; }
}

# install_packages PACKAGE...: into the system, as root or through a sudo that asks no password.
install_packages() {
    local as_root=(env DEBIAN_FRONTEND=noninteractive)
    is_root || as_root=(sudo -n "${as_root[@]}")
    quietly "${as_root[@]}" apt-get update || say "Going on with the package lists there are."
    quietly "${as_root[@]}" apt-get install --yes --no-install-recommends "$@"
}

# unpack_packages FOLDER PACKAGE...: with every dependency the system lacks, and without root.
unpack_packages() (
    folder=$1
    shift
    mkdir -p "$folder"
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    mkdir -p "$scratch"/{lists,cache/archives}/partial
    apt=(apt-get -q -o "Dir::State::Lists=$scratch/lists" -o "Dir::Cache=$scratch/cache")
    cd "$scratch" || return 1
    quietly "${apt[@]}" update || return 1
    "${apt[@]}" --simulate install --no-install-recommends "$@" >plan.log || return 1
    mapfile -t missing < <(awk '$1 == "Inst" { print $2 }' plan.log)
    quietly "${apt[@]}" download "${missing[@]}" || return 1
    for package in ./*.deb; do
        dpkg --extract "$package" "$folder" || return 1
    done
    # Their manuals hold Markdown, which ruff would want to format where there is no git to say what is ignored.
    rm -rf "$folder/usr/share/doc" "$folder/usr/share/man"
)

# library_folders FOLDER: where unpacked packages keep their libraries, as LD_LIBRARY_PATH wants it.
library_folders() { find "$1" -name '*.so*' -printf '%h\n' | sort -u | paste -s -d :; }
