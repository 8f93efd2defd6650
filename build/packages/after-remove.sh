#!/bin/bash
# After the package was removed; dpkg says `upgrade` and rpm `1` where a newer one has taken its place.
case "$1" in upgrade | failed-upgrade | abort-* | disappear | 1) exit 0 ;; esac

if [ -f /etc/apparmor.d/nightshift ]; then
  if apparmor_status --enabled >/dev/null 2>&1 && ! { [ -x /usr/bin/ischroot ] && /usr/bin/ischroot; }; then
    apparmor_parser --remove /etc/apparmor.d/nightshift || true
  fi
  rm -f /etc/apparmor.d/nightshift
fi

if hash update-desktop-database 2>/dev/null; then
  update-desktop-database /usr/share/applications || true
fi
exit 0
