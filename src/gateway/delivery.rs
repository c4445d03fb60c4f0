//! In which form a host gets an embed URL, and what becomes of a ticket that a browser brings.

use std::sync::Arc;

use domain::{delivery::Delivery, embed_url::EmbedUrl, reason::Reason, refusal::Refusal};
use secrecy::SecretString;

use super::{
    Gateway,
    tickets::{Content, LIFETIME, Moment},
};
use crate::directory::Caller;

/// What a host gets in a launch's response.
#[derive(Debug)]
pub struct Delivered {
    /// The embed URL, or the address of a ticket for it.
    pub url: SecretString,
    /// For how many seconds it opens, if the gateway bounds that.
    pub expires_in: Option<u64>,
}

/// What a ticket opened.
#[derive(Debug)]
pub struct Opened {
    /// Where the browser is sent.
    pub url: SecretString,
    /// The launch's request id.
    pub launch: String,
    /// The host that launched.
    pub host: Arc<str>,
    /// That host's tenant.
    pub tenant: Arc<str>,
}

impl Gateway {
    /// Refuses a launch whose URL could not be delivered, before anything is asked of an upstream.
    pub(super) fn check_delivery(&self, caller: &Caller, delivery: Delivery) -> Result<(), Refusal> {
        match delivery {
            Delivery::Url => Ok(()),
            Delivery::Ticket => self.tickets.check_room(&caller.host.id, Moment::now()),
        }
    }

    /// What the host gets of the URL that its launch, of this request id, came to.
    ///
    /// # Errors
    /// If the operating system has no randomness for a ticket.
    pub fn deliver(
        &self,
        caller: &Caller,
        delivery: Delivery,
        url: &EmbedUrl,
        launch: &str,
    ) -> Result<Delivered, Refusal> {
        let url = SecretString::from(url.as_str());
        match delivery {
            Delivery::Url => Ok(Delivered { url, expires_in: None }),
            Delivery::Ticket => {
                let content = Content {
                    url,
                    host: Arc::clone(&caller.host.id),
                    launch: launch.to_owned(),
                };
                Ok(Delivered {
                    url: self.tickets.issue(content, Moment::now())?.into(),
                    expires_in: Some(LIFETIME.as_secs()),
                })
            }
        }
    }

    /// What a ticket opens, this once; a host that is no longer configured opens nothing.
    ///
    /// # Errors
    /// Why it opens nothing.
    pub fn open_ticket(&self, ticket: &str) -> Result<Opened, Refusal> {
        let Content { url, host, launch } = self.tickets.redeem(ticket, Moment::now())?;
        let directory = self.directory.load();
        let (host, tenant) = directory
            .hosts()
            .find(|(known, _)| known.id == host)
            .ok_or(Reason::TicketOfRemovedHost)?;
        Ok(Opened {
            url,
            launch,
            host: Arc::clone(&host.id),
            tenant: Arc::clone(&tenant.id),
        })
    }
}
