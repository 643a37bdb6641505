#!/usr/bin/env bash
# Print the path of a Chromium that runs, for the browser tests; find one, or get one by the least means that works.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=.ci/debian.sh
source .ci/debian.sh

unpacked=$PWD/.cache/chromium

# offer PATH: print it and be done, if it runs.
offer() {
    if [[ -n $1 ]] && "$1" --version >/dev/null 2>&1; then
        printf '%s\n' "$1"
        exit
    fi
}

offer_installed() {
    local name
    for name in chromium chromium-browser google-chrome; do
        offer "$(command -v "$name" || true)"
    done
}

# An unpacked Chromium finds its libraries and fonts only when told where they are.
write_launcher() {
    local root=$1
    cat >"$root/fonts.conf" <<END
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>$root/usr/share/fonts</dir>
  <cachedir>$root/font-cache</cachedir>
</fontconfig>
END
    cat >"$root/launch" <<END
#!/bin/sh
export LD_LIBRARY_PATH="$(library_folders "$root")" FONTCONFIG_FILE="$root/fonts.conf"
exec "$root/usr/lib/chromium/chromium" "\$@"
END
    chmod +x "$root/launch"
}

offer "${QLINICAL_CHROMIUM:-}"
offer_installed
offer "$unpacked/launch"

if have_apt && may_install; then
    say "Installing Debian's Chromium for the browser tests."
    install_packages chromium || say "Installing it failed."
    offer_installed
fi
if have_apt; then
    say "Unpacking Debian's Chromium into .cache/chromium for the browser tests."
    rm -rf "$unpacked"
    if unpack_packages "$unpacked" chromium; then
        write_launcher "$unpacked"
        offer "$unpacked/launch"
    fi
fi
say "Fetching Playwright's own Chromium for the browser tests."
export PLAYWRIGHT_BROWSERS_PATH=$PWD/.cache/playwright
if .venv/bin/playwright install chromium >&2; then
    offer "$(find "$PLAYWRIGHT_BROWSERS_PATH" -path '*/chrome-linux*/chrome' -type f | tail -n 1)"
fi
fail "The browser tests need a Chromium. Install one (on Debian: sudo apt-get install chromium), or set QLINICAL_CHROMIUM to its path."
