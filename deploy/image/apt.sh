# apt of its own, which knows Debian 13 alone whatever runs on this machine, and verifies what it fetches. To be sourced, from
# the root of the repository; leaves `codename` and APT_CONFIG.

. deploy/mirrors.sh
codename=trixie
keys=/usr/share/keyrings/debian-archive-keyring.gpg
apt=$PWD/target/ship/apt
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
: >"$apt/status"
cat >"$apt/debian.sources" <<SOURCES
Types: deb
URIs: $archive
Suites: $codename $codename-updates
Components: main
Signed-By: $keys

Types: deb
URIs: $security
Suites: $codename-security
Components: main
Signed-By: $keys
SOURCES
cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/debian.sources";
Dir::Etc::sourceparts "$apt/none";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
APT::Architecture "amd64";
APT::Architectures "amd64";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
CONF
export APT_CONFIG=$apt/apt.conf
