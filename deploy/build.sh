# How the program that is shipped is built, for the builds that count and those that are shipped alike. To be sourced, from the root
# of the repository.

. deploy/tools.sh

host=$(rustc -vV | sed -n 's/^host: //p')
PATH=$(dirname "$(auditable)"):$PATH

# Where this was built is no one's business, and must make no difference.
here=$PWD
registry=${CARGO_HOME:-$HOME/.cargo}
export CFLAGS="-ffile-prefix-map=$here=. -ffile-prefix-map=$registry=cargo"
# A static program finds no system call by name: getrandom would read /dev/urandom instead, which need not be there.
flags=("--remap-path-prefix=$here=." "--remap-path-prefix=$registry=cargo" --cfg 'getrandom_backend="linux_getrandom"')
export CARGO_INCREMENTAL=0

# Builds with one profile into a folder below target/ship, and prints where the program is. One more option for the compiler may be
# empty; those after it are for the last step alone, so that everything else is built once. Only the options of the compiler may
# differ between a build that counts and one that is made from the counts: of others, cargo gives functions other names, and nothing
# that was counted fits. The target is named so that the compiler's options are not for build scripts and macros too.
build() {
  local profile=$1 folder=target/ship/$2 option=$3
  shift 3
  local options=("${flags[@]}" ${option:+"$option"})
  CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && echo "${options[*]}") cargo auditable rustc --locked --profile "$profile" \
    --no-default-features --bin empego-gateway --config "profile.$profile.strip=\"none\"" --target "$host" --target-dir "$folder" -- "$@" >&2
  echo "$folder/$host/$profile/empego-gateway"
}
