#!/bin/sh
# Set-up behind `make`: LaTeX from the system's packages, Python packages into .venv.
# Says what it does; says nothing when nothing is to do. PYTHON=... chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."

APT_TEX="texlive-latex-recommended texlive-fonts-recommended"
APT_PDF="poppler-utils" # only the tests need it: they read PDFs back
APT_PYTHON="python3 python3-venv"
STAMP=.venv/psetpress-setup

say() { printf 'psetpress: %s\n' "$*"; }

# One file of each TeX package: microtype is not in the smallest LaTeX, uplr8a is the text font.
tex_is_there() { command -v pdflatex && kpsewhich microtype.sty && kpsewhich uplr8a.pfb; } >/dev/null 2>&1

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do
        if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

can_use_apt() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] && return
    command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# shellcheck disable=SC2086  # $1 is a list
apt_install() {
    say "installing with apt: $1 (the first time takes a few minutes)"
    log=$(mktemp)
    as_root apt-get update -q >"$log" 2>&1 || true # an unreachable extra source need not matter
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $1 >>"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        say "apt-get could not install these packages; its last words are above, all of them in $log" >&2
        exit 1
    fi
    rm -f "$log"
}

explain() {
    cat >&2 <<TXT
psetpress: missing here: $1

Please install (this script does it itself only on Debian and Ubuntu, as root or with sudo):
  Debian, Ubuntu   sudo apt-get install --no-install-recommends $APT_PYTHON $APT_TEX $APT_PDF
  macOS            brew install python poppler && brew install --cask basictex   (then open a new terminal)
                   sudo tlmgr update --self
                   sudo tlmgr install collection-latexrecommended collection-fontsrecommended
  Fedora           sudo dnf install python3 texlive-collection-latexrecommended \\
                   texlive-collection-fontsrecommended poppler-utils
  elsewhere        Python 3.11 or newer, and TeX Live with its collections
                   latexrecommended and fontsrecommended
Then run make again. (LaTeX that is installed but not found: add the folder of pdflatex to PATH.
Another Python: make PYTHON=/path/to/python3 ...)
TXT
    exit 1
}

system_packages() {
    missing="" wanted=""
    tex_is_there || { missing="LaTeX (pdflatex, microtype, the recommended fonts)" wanted="$APT_TEX"; }
    [ -n "$(find_python)" ] || {
        missing="${missing:+$missing; }Python 3.11 or newer with venv${PYTHON:+ (PYTHON=$PYTHON is not)}"
        wanted="${wanted:+$wanted }$APT_PYTHON"
    }
    command -v pdftotext >/dev/null || wanted="${wanted:+$wanted }$APT_PDF"
    [ -n "$wanted" ] || return 0
    can_use_apt || { [ -z "$missing" ] && return; explain "$missing"; }
    apt_install "$wanted"
    tex_is_there || explain "LaTeX (pdflatex, microtype, the recommended fonts), although apt installed it"
    [ -n "$(find_python)" ] || explain "Python 3.11 or newer with venv${PYTHON:+ (PYTHON=$PYTHON is not)}"
}

inputs() { { pwd && cat constraints.txt pyproject.toml build/setup.sh; } | cksum; }

python_packages() {
    now=$(inputs)
    [ -x .venv/bin/python ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$now" ] && return
    # A virtual environment works only where it was made.
    if ! { grep -qF " $(pwd -P)/.venv" .venv/pyvenv.cfg && .venv/bin/python -m pip --version; } >/dev/null 2>&1; then
        say "making a virtual environment in .venv with $(find_python)"
        "$(find_python)" -m venv --clear .venv
    fi
    say "installing Python packages into .venv, torch among them (the first time takes a few minutes)"
    export PIP_DISABLE_PIP_VERSION_CHECK=1
    .venv/bin/python -m pip install -qq -r constraints.txt
    # Without isolation: hatchling, which builds psetpress, is pinned like the rest and here already.
    .venv/bin/python -m pip install -qq -c constraints.txt --no-build-isolation -e '.[dev]'
    .venv/bin/python -m psetpress.doctor --quiet
    echo "$now" >"$STAMP"
    say "set-up is complete"
}

system_packages
python_packages
