//! The commands. Exit codes: 0 clean, 64 bad usage or configuration, 1 anything else.

mod audit;
mod completions;
mod configured;
#[cfg(feature = "conformance")]
pub mod conformance;
mod database;
#[cfg(feature = "simulator")]
mod demo;
mod doctor;
mod events;
mod exit;
mod explain;
mod header;
mod init;
mod key;
mod known;
mod left_out;
mod man;
mod memory;
mod private_file;
mod sdk;
mod serve;
#[cfg(feature = "simulator")]
mod simulate;
mod time;
mod webhooks;

use std::{io::Write as _, process::ExitCode};

use clap::{CommandFactory as _, Parser, Subcommand};

use self::exit::Exit;

/// A gateway between an EHR and the embedded clinical apps of Empego and Junction.
#[derive(Debug, Parser)]
#[command(name = "empego-gateway", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve launches with a configuration
    Serve(configured::Arguments),
    /// Report every error in a configuration, without serving
    Check(serve::CheckArguments),
    /// Look at everything that can be wrong between this machine and a launch, and change nothing
    Doctor(doctor::DoctorArguments),
    /// Try everything on loopback, against stand-ins for Empego and Junction, without a configuration
    #[cfg(feature = "simulator")]
    Demo(demo::Arguments),
    /// Write a first configuration with its keys, and say what to do next
    Init(init::Arguments),
    /// Run only the stand-ins for Empego and Junction, on loopback
    #[cfg(feature = "simulator")]
    Simulate(simulate::Arguments),
    /// Explain what a launch or a token would lead to, and why, without launching
    Explain(explain::Arguments),
    /// Check every documented case against a gateway or Empego, and write a report
    #[cfg(feature = "conformance")]
    Conformance(Box<conformance::Arguments>),
    /// Verify, search and export the audit trail, and keep its keys
    #[command(subcommand)]
    Audit(Box<audit::Command>),
    /// Encode or decode an x-integration-user header
    #[command(subcommand)]
    Header(header::Command),
    /// Prepare and check the database that gateways share
    #[command(subcommand)]
    Database(database::Command),
    /// List the events about orders that hosts have not accepted, and send them again
    #[command(subcommand)]
    Events(events::Command),
    /// Say which clinicians exist at Empego, for tenants that require their users to have been seen
    #[command(subcommand)]
    Known(known::Command),
    /// Have Junction send a team's events here, and keep the secrets that prove them
    #[command(subcommand)]
    Webhooks(webhooks::Command),
    /// Print how a page loads the module that the gateway serves, or write the whole package
    Sdk(sdk::Arguments),
    /// Generate host keys
    #[command(subcommand)]
    Key(key::Command),
    /// Print what a shell completes this program's arguments with
    Completions(completions::Arguments),
    /// Write the manual pages, one for each command
    Man(man::Arguments),
}

/// Runs the command that the process's arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            if let Some(tool) = left_out::tool_named_in(&usage) {
                return tool.refusal().report();
            }
            let asked_for = !usage.use_stderr();
            return match usage.print() {
                Ok(()) if asked_for => ExitCode::SUCCESS,
                Ok(()) => Exit::USAGE.into(),
                Err(_nobody_reads) => ExitCode::FAILURE,
            };
        }
    };
    if let Err(error) = memory::keep_to_itself() {
        let _written = writeln!(
            std::io::stderr(),
            "other processes may be able to read this process's memory: {error}"
        );
    }
    let outcome = match cli.command {
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::Check(arguments) => serve::check(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        #[cfg(feature = "simulator")]
        Command::Demo(arguments) => demo::demo(&arguments),
        Command::Init(arguments) => init::run(arguments),
        #[cfg(feature = "simulator")]
        Command::Simulate(arguments) => simulate::simulate(arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        #[cfg(feature = "conformance")]
        Command::Conformance(arguments) => conformance::run(&arguments),
        Command::Audit(command) => audit::run(*command),
        Command::Header(command) => header::run(command),
        Command::Database(command) => database::run(&command),
        Command::Events(command) => events::run(&command),
        Command::Known(command) => known::run(&command),
        Command::Webhooks(command) => webhooks::run(&command),
        Command::Sdk(arguments) => sdk::run(&arguments),
        Command::Key(command) => key::run(&command),
        Command::Completions(arguments) => completions::run(&arguments, Cli::command()),
        Command::Man(arguments) => man::run(&arguments, Cli::command()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(exit) => exit.report(),
    }
}
