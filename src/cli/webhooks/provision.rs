//! `webhooks provision`.

use std::path::Path;

use clap::Args;
use domain::{address::Address, junction::JunctionId};
use url::Url;

use super::place::{EVENTS, Endpoint, Of, Place};
use crate::{
    cli::{
        exit::{Exit, print},
        private_file::replace,
    },
    upstream::junction::{Call, NewWebhook, Webhook, WebhookChange},
};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    of: Of,
    /// The endpoint, by its name in the configuration
    #[arg(long, value_name = "NAME")]
    endpoint: String,
    /// Where Junction reaches the gateway, such as <https://gateway.example.com>
    #[arg(long, value_name = "URL", value_parser = base)]
    url: Url,
    /// Junction's id of the team, for an endpoint that the configuration does not have yet: its table is printed, with the
    /// webhook's id, by which the gateway fetches the secret
    #[arg(long, value_name = "UUID", value_parser = team)]
    team_id: Option<JunctionId>,
    /// Use a webhook that Junction has for this address already, and overwrite a secret that is there
    #[arg(long)]
    replace: bool,
}

pub(super) async fn run(arguments: &Arguments) -> Result<(), Exit> {
    let place = Place::of(&arguments.of)?;
    match arguments.team_id {
        Some(team) => without_a_table(arguments, &place, team).await,
        None => into_files(arguments, &place).await,
    }
}

async fn into_files(arguments: &Arguments, place: &Place) -> Result<(), Exit> {
    let endpoint = place.endpoint(&arguments.endpoint)?;
    let url = address(&arguments.url, endpoint);
    let file = endpoint.secret_file()?;
    let files: Vec<&Path> = [Some(file), endpoint.files.second.as_ref()]
        .into_iter()
        .flatten()
        .map(AsRef::as_ref)
        .collect();
    // Before anything is created.
    if let Some(file) = files.iter().find(|file| file.exists())
        && !arguments.replace
    {
        return Err(Exit::usage(format!(
            "{} exists: name another file, or overwrite it with --replace",
            file.display()
        )));
    }
    let (webhook, what) = created_or_found(arguments, place, endpoint, &url).await?;
    let secret = place.secret(endpoint.scope, &webhook.id).await.map_err(|exit| {
        Exit::failure(format!(
            "{}\nthe webhook {} {what}: run this again with --replace to fetch its secret",
            exit.message, webhook.id
        ))
    })?;
    // Both the same until the first exchange, so that the configuration is complete from the beginning.
    for file in files {
        replace(file, &format!("{}\n", secret.to_text()))?;
    }
    print(format!(
        "{}: the webhook {} {what} for {url}; its secret is in {}",
        endpoint.name,
        webhook.id,
        file.display()
    ))
}

/// For a configuration without the endpoint: the gateway will fetch the secret by itself.
async fn without_a_table(arguments: &Arguments, place: &Place, team: JunctionId) -> Result<(), Exit> {
    if place.endpoint(&arguments.endpoint).is_ok() {
        return Err(Exit::usage(format!(
            "--team-id: the configuration has the endpoint {} already, with its team",
            arguments.endpoint
        )));
    }
    let endpoint = place.new_endpoint(&arguments.endpoint, team);
    let url = address(&arguments.url, &endpoint);
    let (webhook, what) = created_or_found(arguments, place, &endpoint, &url).await?;
    print(format!(
        "# the webhook {what} for {url}; below [tenant.junction] of {}:\n[[tenant.junction.webhook]]\nendpoint = {:?}\nteam_id = \"{team}\"\nwebhook_id = {:?}",
        arguments.of.tenant, endpoint.name, webhook.id
    ))
}

/// The webhook for this address, and how it came about.
async fn created_or_found(
    arguments: &Arguments,
    place: &Place,
    endpoint: &Endpoint,
    url: &str,
) -> Result<(Webhook, &'static str), Exit> {
    match place.find(endpoint.scope, |webhook| webhook.url == url).await? {
        Some(webhook) if !arguments.replace => Err(Exit::usage(format!(
            "Junction has the webhook {} for {url} already: use it with --replace",
            webhook.id
        ))),
        Some(webhook) => Ok((renewed(place, endpoint, webhook).await?, "is used")),
        None => Ok((created(place, endpoint, url).await?, "was created")),
    }
}

fn team(text: &str) -> Result<JunctionId, String> {
    JunctionId::parse(text).map_err(|fault| fault.message().into_owned())
}

fn base(text: &str) -> Result<Url, String> {
    Address::parse(text).map(Address::into_url).map_err(str::to_owned)
}

/// The endpoint's address.
fn address(base: &Url, endpoint: &Endpoint) -> String {
    format!("{}{}", base.as_str().trim_end_matches('/'), endpoint.path())
}

async fn created(place: &Place, endpoint: &Endpoint, url: &str) -> Result<Webhook, Exit> {
    let new = NewWebhook {
        url,
        description: "empego-gateway",
        filter_types: &EVENTS,
    };
    let created = place.ask(&Call::create_webhook(endpoint.scope, &new)).await;
    created.map_err(|exit| {
        Exit::failure(format!(
            "{}\nit may have been created all the same: run this again, then with --replace if Junction has it",
            exit.message
        ))
    })
}

/// A webhook that was there, on and with the types of events that there is a use for.
async fn renewed(place: &Place, endpoint: &Endpoint, webhook: Webhook) -> Result<Webhook, Exit> {
    let change = WebhookChange {
        is_disabled: Some(false),
        filter_types: Some(&EVENTS),
    };
    place
        .ask(&Call::update_webhook(endpoint.scope, &webhook.id, change))
        .await
}
