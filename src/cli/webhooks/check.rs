//! `webhooks check`.

use clap::Args;

use super::place::{EVENTS, Endpoint, Of, Place};
use crate::{
    cli::exit::{Exit, print},
    config::WebhookSecretsConfig,
    upstream::junction::{Call, Deliveries, Interval, Webhook},
};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    of: Of,
    /// The endpoint, by its name in the configuration [default: all of the tenant]
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
}

pub(super) async fn run(arguments: &Arguments) -> Result<(), Exit> {
    let place = Place::of(&arguments.of)?;
    let endpoints: Vec<&Endpoint> = match &arguments.endpoint {
        Some(name) => vec![place.endpoint(name)?],
        None => place.endpoints.iter().collect(),
    };
    if endpoints.is_empty() {
        return Err(Exit::usage("the tenant has no [[tenant.junction.webhook]]"));
    }
    let mut problems = Vec::new();
    for endpoint in endpoints {
        let found = of_endpoint(&place, endpoint).await?;
        let named = found.into_iter().map(|problem| format!("{}: {problem}", endpoint.name));
        problems.extend(named);
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Exit::failure(problems.join("\n")))
    }
}

/// Prints what is well, and returns what is not.
async fn of_endpoint(place: &Place, endpoint: &Endpoint) -> Result<Vec<String>, Exit> {
    let Some(webhook) = place.webhook_of(endpoint).await? else {
        return Ok(vec![
            "Junction has no webhook for it: create one with `empego-gateway webhooks provision`".to_owned(),
        ]);
    };
    let mut problems = of_webhook(endpoint, &webhook);
    problems.extend(of_secret(place, endpoint, &webhook).await?);
    let deliveries = place.ask(&Call::delivery_metric(endpoint.scope, Interval::Day)).await?;
    let state = if problems.is_empty() { "OK" } else { "not OK" };
    print(format!(
        "{}: {} {state}, {}",
        endpoint.name,
        webhook.id,
        of_deliveries(&deliveries)
    ))?;
    Ok(problems)
}

fn of_webhook(endpoint: &Endpoint, webhook: &Webhook) -> Vec<String> {
    let mut problems = Vec::new();
    if webhook.is_disabled {
        problems.push(
            "Junction has disabled the webhook, as it does after five days of failures: enable it with `empego-gateway webhooks provision --replace`"
                .to_owned(),
        );
    }
    if !webhook.url.ends_with(&endpoint.path()) {
        problems.push(format!(
            "the webhook {} sends events to an address that does not end in {}",
            webhook.id,
            endpoint.path()
        ));
    }
    // Without a list, all types are sent.
    let missing = EVENTS
        .iter()
        .filter(|event| !webhook.filter_types.is_empty() && !webhook.filter_types.iter().any(|sent| sent == *event));
    let missing: Vec<_> = missing.copied().collect();
    if !missing.is_empty() {
        problems.push(format!("the webhook does not send {}", missing.join(", ")));
    }
    problems
}

async fn of_secret(place: &Place, endpoint: &Endpoint, webhook: &Webhook) -> Result<Option<String>, Exit> {
    let secret = place.secret(endpoint.scope, &webhook.id).await?;
    Ok(match &endpoint.secrets {
        WebhookSecretsConfig::AtJunction(_) => None,
        WebhookSecretsConfig::Configured(secrets) if secrets.contains(&secret) => None,
        WebhookSecretsConfig::Configured(secrets) if secrets.is_empty() => {
            Some("secret_file names a file that is not there".to_owned())
        }
        WebhookSecretsConfig::Configured(_) => Some(
            "its secret is not the webhook's: events are refused. Fetch it with `empego-gateway webhooks provision --replace`"
                .to_owned(),
        ),
    })
}

/// The counts of the last day, by whatever Junction counts them under.
fn of_deliveries(Deliveries(counts): &Deliveries) -> String {
    if counts.is_empty() {
        return "no deliveries within a day".to_owned();
    }
    let counts = counts.iter().map(|(labels, count)| {
        let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{count} deliveries {}", labels.join(" ")).trim_end().to_owned()
    });
    format!("within a day: {}", counts.collect::<Vec<_>>().join(", "))
}
