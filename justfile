# Shortcuts for commands that also work without just.

# Run the gateway, the stand-ins for both vendors and the console, on loopback.
demo *arguments:
    cargo run --release -- demo {{ arguments }}

# Run everything that must pass before a change is merged.
test:
    tests/all

# Run the side-by-side comparison with the program as it is shipped.
bench *arguments:
    bench/compare "$(bench/trained-build)" {{ arguments }}

# Open the documentation of the code.
docs:
    cargo doc --workspace --no-deps --document-private-items --open

# Build what is shipped, trained with launches (deploy/programs), as an image in the format of OCI.
image:
    deploy/release dist image

# Build what is shipped, as Debian's package.
deb:
    deploy/release dist package

# Build what is shipped, as a tarball with a program that needs no libraries.
dist:
    deploy/release dist tarball

# Build what is shipped, in all three forms: each with its bill of materials, and the digests of all.
release:
    deploy/release
