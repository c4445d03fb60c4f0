//! `events`: what hosts have not heard yet of orders.

use std::{path::PathBuf, sync::Arc};

use clap::{Args, Subcommand};
use comfy_table::{Table, presets::NOTHING};
use jiff::Timestamp;
use store::orders::{EndpointState, OrderStore, Queued, Replay};

use super::{
    configured::load,
    exit::{Exit, print},
    serve::counted,
    time,
};
use crate::{app, audit::shown, config::Config};

/// How many events are listed at most.
const LISTED: u32 = 1000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the events that wait for a host, or that it never accepted
    List(Of),
    /// Deliver events to a host again, with the same ids; resumes deliveries that were stopped
    Replay(ReplayArguments),
    /// Send a host an event that is about nothing, and report what it responds
    SendTest(Of),
}

/// Whose events.
#[derive(Debug, Args)]
pub(super) struct Of {
    /// The configuration file, with the store and the host
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The host, by its id in the configuration
    #[arg(long, value_name = "ID")]
    host: String,
}

#[derive(Debug, Args)]
pub(super) struct ReplayArguments {
    #[command(flatten)]
    of: Of,
    /// The events since then: a day such as 2026-11-26, or a time such as 2026-11-26T14:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time::from)]
    since: Timestamp,
    /// Only those that were given up
    #[arg(long)]
    dead: bool,
}

pub(super) fn run(command: &Command) -> Result<(), Exit> {
    match command {
        Command::List(of) => app::block_on(list(of)),
        Command::Replay(arguments) => app::block_on(replay(arguments)),
        Command::SendTest(of) => app::block_on(send_test(of)),
    }
}

async fn list(of: &Of) -> Result<(), Exit> {
    let (config, host) = configured(of)?;
    let store = store(&config).await?;
    let state = store.endpoint_state(Arc::clone(&host)).await.map_err(Exit::failure)?;
    let queue = store.queue(host, LISTED).await.map_err(Exit::failure)?;
    if let Some(said) = said_of(&state) {
        print(said)?;
    }
    if queue.is_empty() {
        return print("no event waits");
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(["EVENT", "WHEN", "WHAT", "STATE", "FAILED", "NEXT", "BECAUSE OF"]);
    for queued in &queue {
        table.add_row(row(queued));
    }
    print(table.trim_fmt())
}

/// Nothing in it is about a person: an order is known to the host.
fn row(queued: &Queued) -> [String; 7] {
    let next = if queued.is_dead {
        "never".to_owned()
    } else {
        shown(queued.next_at)
    };
    [
        queued.event.seq.to_string(),
        shown(queued.event.at),
        queued.event.kind.as_str().to_owned(),
        queued.event.state.clone(),
        queued.attempts.to_string(),
        next,
        queued.last_error.clone().unwrap_or_default(),
    ]
}

fn said_of(state: &EndpointState) -> Option<String> {
    let disabled = state.disabled.map(|(at, why)| {
        let why = why.as_str();
        format!("nothing is delivered since {}: {why}", shown(at))
    });
    disabled.or_else(|| {
        Some(format!(
            "every delivery has failed since {}",
            shown(state.failing_since?)
        ))
    })
}

async fn replay(arguments: &ReplayArguments) -> Result<(), Exit> {
    let (config, host) = configured(&arguments.of)?;
    let store = store(&config).await?;
    let replay = Replay {
        since: arguments.since,
        dead_only: arguments.dead,
    };
    let queued = store.replay(Arc::clone(&host), replay, Timestamp::now()).await;
    let queued = queued.map_err(Exit::failure)?;
    store.enable(host).await.map_err(Exit::failure)?;
    let queued = usize::try_from(queued).unwrap_or(usize::MAX);
    print(format!("{} queued", counted(queued, "event")))
}

async fn send_test(of: &Of) -> Result<(), Exit> {
    let (config, host) = configured(of)?;
    let sent = app::send_test_event(&config, &host).await;
    let sent = sent.map_err(|fault| Exit::failure(format!("{fault:#}")))?;
    match sent {
        Some(Ok(())) => print("accepted"),
        Some(Err(why)) => Err(Exit::failure(format!("not accepted: {why}"))),
        None => Err(without_endpoint(&host)),
    }
}

/// The configuration, and the host in it, which has an endpoint.
fn configured(of: &Of) -> Result<(Config, Arc<str>), Exit> {
    let (config, _) = load(&of.config)?;
    let is_known = config
        .hosts
        .iter()
        .any(|host| host.id == of.host && host.events.is_some());
    if is_known {
        Ok((config, of.host.as_str().into()))
    } else {
        Err(without_endpoint(&of.host))
    }
}

fn without_endpoint(host: &str) -> Exit {
    Exit::usage(format!(
        "--host: the configuration has no host {host} with [host.events]"
    ))
}

async fn store(config: &Config) -> Result<Arc<dyn OrderStore>, Exit> {
    let store = app::order_store(config).await;
    let store = store.map_err(|fault| Exit::failure(format!("{fault:#}")))?;
    store.ok_or_else(|| Exit::usage("the configuration has no [store], so no event waits"))
}
