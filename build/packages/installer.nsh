; What the installer for Windows does beside electron-builder's own.

; An update never ends a night: nothing that runs is ended here, as electron-builder would do. It asks, and waits; where nobody
; can be asked it installs nothing, with exit code 2. An update is started by a Nightshift that is closing: it has half a minute.
!macro customCheckAppRunning
  !insertmacro IS_POWERSHELL_AVAILABLE
  StrCpy $R1 0
  nightshift_look:
  !insertmacro FIND_PROCESS "${APP_EXECUTABLE_FILENAME}" $R0
  ${If} $R0 == 0
    ${If} ${isUpdated}
    ${AndIf} $R1 < 30
      IntOp $R1 $R1 + 1
      Sleep 1000
      Goto nightshift_look
    ${EndIf}
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "Nightshift is running. Close it when its night is over, then press Retry. Cancel leaves everything as it is." /SD IDCANCEL IDRETRY nightshift_look
    SetErrorLevel 2
    Quit
  ${EndIf}
!macroend

; "Render with Nightshift" on folders and scenes. What a double click on a scene opens stays Blender.
!macro customInstall
  WriteRegStr SHELL_CONTEXT "Software\Classes\Directory\shell\Nightshift" "" "Render with Nightshift"
  WriteRegStr SHELL_CONTEXT "Software\Classes\Directory\shell\Nightshift" "Icon" "$INSTDIR\${APP_EXECUTABLE_FILENAME}"
  WriteRegStr SHELL_CONTEXT "Software\Classes\Directory\shell\Nightshift\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
  WriteRegStr SHELL_CONTEXT "Software\Classes\SystemFileAssociations\.blend\shell\Nightshift" "" "Render with Nightshift"
  WriteRegStr SHELL_CONTEXT "Software\Classes\SystemFileAssociations\.blend\shell\Nightshift" "Icon" "$INSTDIR\${APP_EXECUTABLE_FILENAME}"
  WriteRegStr SHELL_CONTEXT "Software\Classes\SystemFileAssociations\.blend\shell\Nightshift\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
!macroend

!macro customUnInstall
  DeleteRegKey SHELL_CONTEXT "Software\Classes\Directory\shell\Nightshift"
  DeleteRegKey SHELL_CONTEXT "Software\Classes\SystemFileAssociations\.blend\shell\Nightshift"
!macroend
