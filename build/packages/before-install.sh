#!/bin/bash
# Before the package is unpacked. A Nightshift that runs keeps the files that it opened: its night goes on, and is not ended here.
for program in /proc/[0-9]*/exe; do
  case "$(readlink "$program" 2>/dev/null)" in
    '/opt/Nightshift/nightshift' | '/opt/Nightshift/nightshift (deleted)')
      echo 'Nightshift is running. It goes on as it is, and so does what it renders; close it and open it again to have the new version.'
      break
      ;;
  esac
done
exit 0
