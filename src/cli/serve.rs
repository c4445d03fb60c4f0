//! `serve` and `check`.

use std::io::IsTerminal as _;

use clap::Args;

use super::{
    configured::{Arguments, load},
    database,
    exit::{Exit, print},
};
use crate::{
    app::{self, Application, StopSignals},
    config::{Config, LogConfig, LogFormat, Source},
    telemetry::{self, Format, Settings},
};

pub(super) fn serve(arguments: &Arguments) -> Result<(), Exit> {
    let (config, fingerprint) = load(&arguments.config)?;
    let telling = telemetry::start(Settings {
        level: config.log.level,
        format: format(config.log),
        has_collector: config.has_trace_collector,
    });
    let _until_the_end = telling.map_err(|error| Exit::usage(format!("{error:#}")))?;
    app::block_on(async {
        database::check_before_serving(&config).await?;
        let application = Application::build(&config).map_err(|error| Exit::failure(format!("{error:#}")))?;
        let application = application.reloading_from(arguments.config.clone(), fingerprint);
        let signals = StopSignals::listen().map_err(Exit::failure)?;
        application.run_until(signals).await.map_err(Exit::failure)
    })
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    what: Arguments,
    /// Fail on warnings too, such as secrets that other users may read
    #[arg(long)]
    strict: bool,
}

pub(super) fn check(arguments: &CheckArguments) -> Result<(), Exit> {
    let source = Source::of_file(&arguments.what.config).map_err(Exit::usage)?;
    let config = Config::load(&source).map_err(Exit::usage)?;
    let mut warnings = source.warnings(arguments.strict);
    warnings.extend(config.unwise());
    if arguments.strict && !warnings.is_empty() {
        return Err(Exit::usage(warnings.join("\n")));
    }
    for warning in warnings {
        print(format!("warning: {warning}"))?;
    }
    for way in config.ways() {
        print(way)?;
    }
    let (tenants, hosts) = (config.tenants.len(), config.hosts.len());
    print(format!(
        "configuration OK ({}, {})",
        counted(tenants, "tenant"),
        counted(hosts, "host")
    ))
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn format(log: LogConfig) -> Format {
    match log.format {
        LogFormat::Pretty => Format::Pretty,
        LogFormat::Auto if std::io::stderr().is_terminal() => Format::Pretty,
        LogFormat::Auto | LogFormat::Json => Format::Json,
    }
}
