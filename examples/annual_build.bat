@echo off
rem The annual build, unattended: check, consult, build, verify, publish.
rem
rem   annual_build.bat EDITION PREVIEW SITE
rem
rem EDITION  the year's folder (edition.toml, inputs\ ...)
rem PREVIEW  folder of the internal preview: replaced after every good build of a draft
rem SITE     folder the public web server reads: filled once the edition is signed
rem
rem Exit code: 0 done; otherwise that of the step that failed (2 usage, 3 input refused,
rem 4 an output could not be made). 3 with "preview ready" in the log: some answers of the
rem consultation need a second look, everything else is done. Nothing is replaced by a failed step.
setlocal
if "%~3"=="" (
  echo usage: annual_build.bat EDITION PREVIEW SITE 1>&2
  exit /b 2
)
if not defined XMDEMAND set "XMDEMAND=xmdemand"
set "PYTHONUTF8=1"
set "QUESTIONS=0"
set "STATE=%TEMP%\annual_build_%RANDOM%.json"

"%XMDEMAND%" --json status "%~1" > "%STATE%"
if errorlevel 1 exit /b %ERRORLEVEL%
findstr /c:"\"state\": \"signed\"" /c:"\"state\": \"published\"" "%STATE%" >nul
if not errorlevel 1 goto signed

echo annual_build: check
"%XMDEMAND%" check "%~1"
if errorlevel 1 exit /b %ERRORLEVEL%

if exist "%~1\consult\*.xlsx" goto collect
echo annual_build: write the consultation workbooks
"%XMDEMAND%" consult "%~1"
if errorlevel 1 exit /b %ERRORLEVEL%
goto build

:collect
echo annual_build: collect what departments and districts answered
"%XMDEMAND%" consult "%~1" --collect
set "QUESTIONS=%ERRORLEVEL%"
if not "%QUESTIONS%"=="0" if not "%QUESTIONS%"=="3" exit /b %QUESTIONS%

:build
echo annual_build: build
"%XMDEMAND%" --quiet build "%~1"
if errorlevel 1 exit /b %ERRORLEVEL%
echo annual_build: verify
"%XMDEMAND%" verify "%~1"
if errorlevel 1 exit /b %ERRORLEVEL%
echo annual_build: preview
"%XMDEMAND%" publish "%~1" "%~2" --draft
if errorlevel 1 exit /b %ERRORLEVEL%
"%XMDEMAND%" status "%~1"
echo annual_build: preview ready
exit /b %QUESTIONS%

:signed
echo annual_build: the edition is signed: verify and publish
"%XMDEMAND%" verify "%~1"
if errorlevel 1 exit /b %ERRORLEVEL%
"%XMDEMAND%" publish "%~1" "%~3"
exit /b %ERRORLEVEL%
