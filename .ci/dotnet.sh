# Sourced by ./muxi-llm and ./test. Sets `dotnet` to the SDK's program (empty when there is none) and quiets it.
# The callers say `dotnet_env CMD...` for a build, so that nothing of this reaches the program that is run afterwards.

dotnet=$(command -v dotnet || true)
for folder in "${DOTNET_ROOT:-}" "${HOME:-}/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet; do
  [ -z "$dotnet" ] && [ -x "$folder/dotnet" ] && dotnet=$folder/dotnet
done

# Says what to install, on stderr.
explain_sdk() {
  cat >&2 <<'TXT'
muxi-llm needs the .NET 10 SDK, and it was not found.
  Debian, Ubuntu:  apt-get install dotnet-sdk-10.0
  Fedora:          dnf install dotnet-sdk-10.0
  macOS:           brew install dotnet-sdk
  others:          https://dotnet.microsoft.com/download/dotnet/10.0
TXT
}

has_sdk() {
  [ -n "$dotnet" ] && "$dotnet" --list-sdks 2>/dev/null | grep -q '^1[0-9]\.'
}

# dotnet_env ROOT CMD...: runs CMD as the SDK wants it. The SDK and NuGet keep their files in HOME; where that cannot be
# written to (a service account, a read-only container), .cache/home stands in. Without libicu the SDK needs invariant globalization.
dotnet_env() {
  local root=$1 home=${HOME:-}
  shift
  if [ -z "$home" ] || ! [ -d "$home" ] || ! [ -w "$home" ]; then
    home=$root/.cache/home
    mkdir -p "$home"
  fi
  HOME=$home DOTNET_CLI_HOME=${DOTNET_CLI_HOME:-$home} DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 \
    DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_ADD_GLOBAL_TOOLS_TO_PATH=false \
    DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true DOTNET_CLI_UI_LANGUAGE=en DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 \
    "$@"
}
