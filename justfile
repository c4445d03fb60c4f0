# Shortcuts: each line calls what is there without it.

# The gateway, a stand-in for both vendors and the console, on loopback.
demo *arguments:
    cargo run --release -- demo {{ arguments }}

# Everything that must hold before a change lands.
test:
    tests/all

# The side-by-side comparison, with the build that is shipped.
bench *arguments: dist
    bench/compare target/dist/empego-gateway {{ arguments }}

# What the code says of itself.
docs:
    cargo doc --workspace --no-deps --document-private-items --open

# The build that is shipped.
dist:
    deploy/dist
