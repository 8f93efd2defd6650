#!/bin/bash
# After the package was unpacked.

# Chromium's sandbox: where users may make namespaces it needs nothing, elsewhere the helper has to be root's.
if { [[ -L /proc/self/ns/user ]] && unshare --user true; } 2>/dev/null; then
  chmod 0755 /opt/Nightshift/chrome-sandbox
else
  chmod 4755 /opt/Nightshift/chrome-sandbox
fi

if hash update-desktop-database 2>/dev/null; then
  update-desktop-database /usr/share/applications || true
fi

# Ubuntu 24.04 and later let only programs with a profile make namespaces. Where AppArmor does not know its form it is not needed.
if apparmor_status --enabled >/dev/null 2>&1; then
  profile=/opt/Nightshift/resources/apparmor-profile
  if apparmor_parser --skip-kernel-load --debug "$profile" >/dev/null 2>&1; then
    cp -f "$profile" /etc/apparmor.d/nightshift
    if ! { [ -x /usr/bin/ischroot ] && /usr/bin/ischroot; }; then
      apparmor_parser --replace --write-cache --skip-read-cache /etc/apparmor.d/nightshift
    fi
  fi
fi
exit 0
