# Shortcuts for commands that also work without just.

# Run the gateway, the stand-ins for both vendors and the console, on loopback.
demo *arguments:
    cargo run --release -- demo {{ arguments }}

# Run everything that must pass before a change is merged.
test:
    tests/all

# Run the side-by-side comparison with the release build.
bench *arguments: dist
    bench/compare target/dist/empego-gateway {{ arguments }}

# Open the documentation of the code.
docs:
    cargo doc --workspace --no-deps --document-private-items --open

# Build the optimized program with all of its tools, which the benchmarks measure.
dist:
    deploy/dist

# Build what is shipped, as an image in the format of OCI.
image:
    deploy/image/build "$(deploy/programs)/dynamic/empego-gateway" target/ship/empego-gateway.oci.tar

# Build what is shipped, all of it: the image, Debian's package, the tarball, their bills of materials and digests.
release:
    deploy/release
