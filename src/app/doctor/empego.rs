//! Empego's API key, by calls that can create nothing.

use std::time::Duration;

use futures_util::future::join_all;

use super::{
    check::{Check, CheckId},
    meeting::Meetings,
};
use crate::{
    config::{Config, EmpegoTenantConfig},
    upstream::{
        empego::{Account, EmpegoClient, EmpegoError, Meaning},
        wire::{Egress, Settings},
    },
};

/// What Empego responded to one of the two calls.
type Response = Result<(), EmpegoError>;

pub(super) async fn checks(config: &Config, egress: &Egress, meetings: &Meetings, within: Duration) -> Vec<Check> {
    let Ok(client) = EmpegoClient::new(Settings::default(), egress.clone()) else {
        // Reported where the peers were to be met.
        return Vec::new();
    };
    let tenants = config
        .tenants
        .iter()
        .filter_map(|tenant| Some((&tenant.id, tenant.empego.as_ref()?)));
    let each = tenants.map(|(id, empego)| of_tenant(id, empego, &client, meetings, within));
    join_all(each).await
}

async fn of_tenant(
    id: &str,
    empego: &EmpegoTenantConfig,
    client: &EmpegoClient,
    meetings: &Meetings,
    within: Duration,
) -> Check {
    let about = format!("tenant {id:?}");
    if let Some(by) = empego.base_url.server().and_then(|server| meetings.obstacle(&server)) {
        return Check::skipped(CheckId::EmpegoKey, about, by);
    }
    let account = Account::new(
        empego.base_url.clone(),
        &empego.api_key,
        empego.tenant_key.as_ref(),
        empego.embed_hosts.clone(),
    );
    let Ok(account) = account else {
        let (found, remedy) = ("a key cannot be sent in a header", "have it issued again");
        return Check::failed(CheckId::EmpegoKey, about, found, remedy);
    };
    let with_keys = client.ask_harmlessly(&account, true, within).await;
    if !is_documented(&with_keys) {
        return unexpected(about, &with_keys);
    }
    let without = client.ask_harmlessly(&account, false, within).await;
    accepted(about, &without)
}

/// Whether it refused the malformed user header, and so accepted the key.
fn is_documented(response: &Response) -> bool {
    matches!(
        response,
        Err(EmpegoError::Answered {
            meaning: Meaning::HeaderRejected,
            ..
        })
    )
}

/// A header that is refused with and without a key says nothing of the key.
fn accepted(about: String, without: &Response) -> Check {
    match without {
        Err(EmpegoError::Answered {
            meaning: Meaning::AuthenticationFailed,
            ..
        }) => Check::ok(CheckId::EmpegoKey, about, "the API key is accepted"),
        Ok(()) | Err(EmpegoError::Answered { .. } | EmpegoError::NoAnswer(_)) => Check::warning(
            CheckId::EmpegoKey,
            about,
            "Empego responds, but a request without a key is not refused with 401, so this does not show whether the key is accepted",
            "launch once in a test franchise before going live",
        ),
    }
}

fn unexpected(about: String, response: &Response) -> Check {
    let failed = |found: String, remedy: &str| Check::failed(CheckId::EmpegoKey, about.clone(), found, remedy);
    match response {
        Ok(()) => Check::warning(
            CheckId::EmpegoKey,
            about,
            "the API key is accepted, and so is a malformed user header, which Empego documents to refuse",
            "ask Empego: a header that is not read opens the session of the key's owner",
        ),
        Err(EmpegoError::NoAnswer(_)) => failed(
            "Empego does not respond to launches in time".to_owned(),
            "check base_url, and try again",
        ),
        Err(EmpegoError::Answered { meaning, status, .. }) => match meaning {
            Meaning::AuthenticationFailed => failed(
                "the API key is refused (401)".to_owned(),
                "check that api_key_file or api_key_env has the key of this environment, and tenant_key that of its franchise",
            ),
            Meaning::Busy => failed(
                format!("Empego is busy (status {status})"),
                "try again; if it stays so, ask Empego",
            ),
            Meaning::HeaderRejected
            | Meaning::UserFieldsMissing
            | Meaning::Rejected
            | Meaning::RejectedCompressed
            | Meaning::Error
            | Meaning::BadBody
            | Meaning::OtherSuccess
            | Meaning::Compressed
            | Meaning::BadUrl => failed(
                format!("something other than Empego's API responds there (status {status})"),
                "check base_url, with its path: https://api.empego.ca/empego-integrations/R4 in production",
            ),
        },
    }
}
