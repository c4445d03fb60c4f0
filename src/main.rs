//! The gateway's one binary: reads the command line, does what it says, and answers with an exit code.

use std::process::ExitCode;

use empego_gateway::cli;

fn main() -> ExitCode {
    cli::run()
}
