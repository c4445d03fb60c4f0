//! Takes in an event of Junction's: verified, noted on the disk, and only then acknowledged. What it says is not used: the order
//! that it names is read anew.

use std::sync::Arc;

use aws_lc_rs::hmac;
use domain::{
    junction::{
        JunctionId,
        orders::{signature::Signed, webhook},
    },
    reason::Reason,
    refusal::Refusal,
    signing_secret::SigningSecret,
};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use store::orders::{Receipt, Received};
use tokio::time::Instant;

use super::{super::calls::Calls, keeping::unavailable};
use crate::{
    directory::{JunctionTenant, Tenant, Webhook, WebhookSecrets},
    gateway::Gateway,
    upstream::junction::{Call, WebhookScope},
};

impl Gateway {
    /// Takes in an event that came to this endpoint.
    ///
    /// # Errors
    /// `not_found` for an endpoint that there is not, `webhook_unverified`, `store_unavailable`.
    pub async fn receive_event(
        &self,
        endpoint: &str,
        headers: &[(&str, &[u8])],
        body: &[u8],
    ) -> Result<Received, Refusal> {
        let directory = self.directory.load_full();
        let (tenant, junction, webhook) = directory.webhook(endpoint).ok_or(Reason::NoSuchPath)?;
        let store = self.orders.store()?;
        let signed = Signed::find(headers)?;
        self.verify(tenant, junction, webhook, &signed, body).await?;
        let notice = webhook::parse(body)?;
        notice.check_team(webhook.team)?;
        self.metrics.events.received(notice.kind);
        let receipt = Receipt {
            endpoint: Arc::clone(&webhook.endpoint),
            id: Sha256::digest(signed.id()).into(),
            tenant: Arc::clone(&tenant.id),
            team: webhook.team.uuid(),
            environment: junction.account.environment.as_str().into(),
            order: notice.order.map(JunctionId::uuid),
            is_urgent: notice.is_urgent(),
        };
        store.receive(receipt, Timestamp::now()).await.map_err(unavailable)
    }

    /// Whether an event is Junction's. A secret that does not fit any more is fetched anew, once a minute at most.
    async fn verify(
        &self,
        tenant: &Arc<Tenant>,
        junction: &JunctionTenant,
        webhook: &Webhook,
        signed: &Signed<'_>,
        body: &[u8],
    ) -> Result<(), Refusal> {
        let check = |secrets: &[SigningSecret]| {
            let keys: Vec<_> = secrets.iter().map(SigningSecret::key).collect();
            signed.check(body, &keys, Timestamp::now(), mac)
        };
        let fetched = match &webhook.secrets {
            WebhookSecrets::Configured(secrets) => return Ok(check(secrets)?),
            WebhookSecrets::AtJunction(fetched) => fetched,
        };
        match check(&fetched.known()) {
            Err(Reason::WebhookSignatureWrong) if fetched.may_ask(Instant::now()) => {
                let scope = WebhookScope {
                    team: webhook.team,
                    environment: junction.account.environment,
                };
                let call = Call::webhook_secret(scope, &fetched.webhook_id);
                let asked = self.reading_in_background(tenant, async |calls: &Calls<'_>| calls.ask(&call).await);
                fetched.learn(asked.await?);
                Ok(check(&fetched.known())?)
            }
            outcome => Ok(outcome?),
        }
    }
}

/// HMAC-SHA256 of all these parts, one after the other.
fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    let mut mac = [0; 32];
    for (to, from) in mac.iter_mut().zip(context.sign().as_ref()) {
        *to = *from;
    }
    mac
}
