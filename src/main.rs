//! The gateway's one binary: reads the command line, does what it says, and answers with an exit code.

use std::process::ExitCode;

use empego_gateway::cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
