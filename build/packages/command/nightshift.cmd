@echo off
rem The `nightshift` command of an installed Nightshift: the app's own program without a window.
"%~dp0..\..\Nightshift.exe" --cli --no-sandbox --disable-gpu --in-process-gpu --log-level=3 -- %*
