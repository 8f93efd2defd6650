/*
 * A blender.exe for tests on Windows and under Wine: runs the scripted stand-in (test/stand-ins/fake-blender.mjs) in Node,
 * with its own arguments and pipes, and ends as that does. STAND_IN_NODE and STAND_IN_SCRIPT say where the two are.
 * Nothing ties the two together: who kills this one alone leaves a grandchild, as a Blender does that crashes.
 */
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

static wchar_t line[32768], node[4096], script[4096];

/* The command line behind the name of this program. */
static wchar_t *arguments(void)
{
  wchar_t *at = GetCommandLineW();
  const wchar_t end = *at == L'"' ? L'"' : L' ';
  if (end == L'"') at++;
  while (*at && *at != end) at++;
  return *at == L'"' ? at + 1 : at;
}

int wmain(void)
{
  if (!GetEnvironmentVariableW(L"STAND_IN_NODE", node, 4096)) return 3;
  if (!GetEnvironmentVariableW(L"STAND_IN_SCRIPT", script, 4096)) return 3;
  _snwprintf(line, 32767, L"\"%ls\" \"%ls\"%ls", node, script, arguments());
  STARTUPINFOW start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
  HANDLE *const ours[] = {&start.hStdInput, &start.hStdOutput, &start.hStdError};
  const DWORD names[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
  for (int at = 0; at < 3; at++) {
    *ours[at] = GetStdHandle(names[at]);
    SetHandleInformation(*ours[at], HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  }
  PROCESS_INFORMATION child;
  if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL, &start, &child)) return 4;
  /* The pipes end when the stand-in ends. */
  for (int at = 0; at < 3; at++) CloseHandle(*ours[at]);
  WaitForSingleObject(child.hProcess, INFINITE);
  DWORD code = 1;
  GetExitCodeProcess(child.hProcess, &code);
  return (int)code;
}
