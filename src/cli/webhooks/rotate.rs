//! `webhooks rotate`.

use clap::Args;
use domain::signing_secret::SigningSecret;

use super::place::{Endpoint, Of, Place};
use crate::{
    cli::{
        exit::{Exit, print},
        private_file::replace,
    },
    config::WebhookSecretsConfig,
    upstream::junction::{Call, Webhook},
};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    of: Of,
    /// The endpoint, by its name in the configuration
    #[arg(long, value_name = "NAME")]
    endpoint: String,
}

pub(super) async fn run(arguments: &Arguments) -> Result<(), Exit> {
    let place = Place::of(&arguments.of)?;
    let endpoint = place.endpoint(&arguments.endpoint)?;
    let webhook = place.webhook_of(endpoint).await?.ok_or_else(|| {
        Exit::failure(format!(
            "{}: Junction has no webhook for it: create one with `empego-gateway webhooks provision`",
            endpoint.name
        ))
    })?;
    match &endpoint.secrets {
        WebhookSecretsConfig::AtJunction(_) => {
            // The gateway fetches the new one, and keeps the old one as long as it runs.
            exchange(&place, endpoint, &webhook, None).await?;
            print(format!("{}: the secret of {} was exchanged", endpoint.name, webhook.id))
        }
        WebhookSecretsConfig::Configured(_) => with_files(&place, endpoint, &webhook).await,
    }
}

/// The gateway must accept both secrets before Junction signs with the new one.
async fn with_files(place: &Place, endpoint: &Endpoint, webhook: &Webhook) -> Result<(), Exit> {
    let file = endpoint.secret_file()?;
    let Some(second) = &endpoint.files.second else {
        return Err(Exit::usage(format!(
            "the endpoint {} has no second_secret_file: name a file there, in which the old secret is kept for a day",
            endpoint.name
        )));
    };
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|_no_more_is_known| Exit::failure("the operating system has no randomness"))?;
    let (old, new) = (place.secret(endpoint.scope, &webhook.id).await?, SigningSecret::of(key));
    replace(second, &format!("{}\n", old.to_text()))?;
    replace(file, &format!("{}\n", new.to_text()))?;
    exchange(place, endpoint, webhook, Some(&new)).await.map_err(|exit| {
        Exit::failure(format!(
            "{}\nboth secrets are in the files, so events are accepted whether it was exchanged or not: run this again",
            exit.message
        ))
    })?;
    print(format!(
        "{}: the secret of {} was exchanged: the new one is in {}, and the old one in {}, which events need for a day",
        endpoint.name,
        webhook.id,
        file.display(),
        second.display()
    ))
}

async fn exchange(
    place: &Place,
    endpoint: &Endpoint,
    webhook: &Webhook,
    secret: Option<&SigningSecret>,
) -> Result<(), Exit> {
    place
        .ask(&Call::rotate_webhook_secret(endpoint.scope, &webhook.id, secret))
        .await
}
