#!/usr/bin/env bash
# Make .venv and install the pinned packages: `install.sh run` for the dashboard, `install.sh dev` with the test tools.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=.ci/debian.sh
source .ci/debian.sh

find_python() {
    local name
    for name in python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "Qlinical needs Python 3.11 or newer, and none is on the PATH. On Debian: sudo apt-get install python3.11"
}

# Debian ships python3.11 without ensurepip, which is what puts pip into a new environment.
make_venv() {
    local python=$1 version package
    say "Making the virtual environment .venv with $python."
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    package="python$version-venv"
    if ! "$python" -c 'import ensurepip' 2>/dev/null && have_apt && is_root; then
        say "Installing Debian's $package."
        install_packages "$package" || fail "Installing $package failed: see the lines above, then run this again."
    fi
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv --clear .venv
    elif have_apt; then
        make_venv_without_ensurepip "$python"
    else
        fail "This Python cannot make virtual environments. Install its venv package ($package), then run this again."
    fi
}

make_venv_without_ensurepip() {
    local python=$1 folder="$PWD/.cache/pip-wheel" wheel
    say "This Python has no ensurepip: taking pip from Debian's package python3-pip-whl."
    unpack_packages "$folder" python3-pip-whl ||
        fail "Fetching pip failed. Ask an administrator to run: apt-get install python3-venv"
    wheel=$(compgen -G "$folder/usr/share/python-wheels/pip-*.whl" || compgen -G "/usr/share/python-wheels/pip-*.whl") ||
        fail "python3-pip-whl holds no wheel of pip. Ask an administrator to run: apt-get install python3-venv"
    "$python" -m venv --clear --without-pip .venv
    .venv/bin/python "$wheel/pip" install --quiet --no-index "$wheel"
}

[[ -w . ]] || fail "You may not write in $PWD. Clone the repository into a folder of your own, and run make there."

if [[ $(cat .venv/folder 2>/dev/null || pwd) != "$PWD" ]] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    make_venv "$python"
fi
pwd >.venv/folder

extra=
[[ $1 == dev ]] && extra='[dev]'
pip=(.venv/bin/python -m pip install --quiet --constraint constraints.txt)
say "Installing the pinned packages (a few minutes the first time)."
failed="Installing the packages failed: see the lines above. Often the package index cannot be reached; once it can, run this again."
"${pip[@]}" torch==2.13.0 || fail "$failed"
"${pip[@]}" --editable ".$extra" || fail "$failed"

touch .venv/run.stamp
[[ $1 == dev ]] && touch .venv/dev.stamp
exit 0
