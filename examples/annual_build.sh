#!/usr/bin/env bash
# The annual build, unattended: check, consult, build, verify, publish.
#
#   annual_build.sh EDITION PREVIEW SITE
#
# EDITION  the year's folder (edition.toml, inputs/ ...)
# PREVIEW  folder of the internal preview: replaced after every good build of a draft
# SITE     folder the public web server reads: filled once the edition is signed
#
# Exit code: 0 done; otherwise that of the step that failed (2 usage, 3 input refused,
# 4 an output could not be made). 3 with "preview ready" in the log: some answers of the
# consultation need a second look, everything else is done. Nothing is replaced by a failed step.
set -euo pipefail
if [ $# -ne 3 ]; then
  sed -n '2,13s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
edition=$1 preview=$2 site=$3
xmdemand=${XMDEMAND:-xmdemand}

say() { printf '%s\n' "annual_build: $*"; }
state() { "$xmdemand" --json status "$edition" | sed -n 's/.*"state": "\([a-z]*\)".*/\1/p'; }

now=$(state)
if [ "$now" = signed ] || [ "$now" = published ]; then
  say "the edition is $now: verify and publish"
  "$xmdemand" verify "$edition"
  "$xmdemand" publish "$edition" "$site"
  exit 0
fi

say "check"
"$xmdemand" check "$edition"

questions=0
if ls "$edition"/consult/*.xlsx >/dev/null 2>&1; then
  say "collect what departments and districts answered"
  "$xmdemand" consult "$edition" --collect || questions=$?
  [ "$questions" = 0 ] || [ "$questions" = 3 ] || exit "$questions"
else
  say "write the consultation workbooks"
  "$xmdemand" consult "$edition"
fi

say "build"
"$xmdemand" --quiet build "$edition"
say "verify"
"$xmdemand" verify "$edition"
say "preview"
"$xmdemand" publish "$edition" "$preview" --draft
"$xmdemand" status "$edition"
say "preview ready"
exit "$questions"
