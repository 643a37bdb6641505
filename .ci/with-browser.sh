#!/usr/bin/env bash
# Run a command with what the browser tests need: Playwright's driver working, and QLINICAL_CHROMIUM the path of a Chromium.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=.ci/debian.sh
source .ci/debian.sh

playwright_starts() { .venv/bin/playwright --version >/dev/null 2>&1; }

# Playwright's driver is a Node.js linked to libatomic, which a small Debian lacks.
ready_playwright() {
    local folder=$PWD/.cache/libatomic
    if playwright_starts || ! have_apt; then
        return
    elif may_install; then
        say "Installing Debian's libatomic1 for Playwright."
        install_packages libatomic1 || return 0
    else
        if [[ ! -d $folder ]]; then
            say "Unpacking Debian's libatomic1 into .cache/libatomic for Playwright."
            unpack_packages "$folder" libatomic1 || { rm -rf "$folder"; return 0; }
        fi
        LD_LIBRARY_PATH=$(library_folders "$folder")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
        export LD_LIBRARY_PATH
    fi
}

ready_playwright
playwright_starts || fail "Playwright does not start: run .venv/bin/playwright --version, and install the library it names."
QLINICAL_CHROMIUM=$(.ci/chromium.sh)
export QLINICAL_CHROMIUM
exec "$@"
