# Where this machine's apt has Debian from: `archive` and `security`. To be sourced.

mirrors=$(env -u APT_CONFIG apt-get indextargets --format '$(REPO_URI)' | sort -u)
archive=$(grep -m 1 '/debian/$' <<<"$mirrors" || true)
security=$(grep -m 1 '/debian-security/$' <<<"$mirrors" || true)
if [ -z "$archive" ] || [ -z "$security" ]; then
  echo "apt has no mirror of Debian and of its security updates: name them in /etc/apt/sources.list.d" >&2
  exit 1
fi
