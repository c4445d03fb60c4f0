//! What is to be sent, what was, and what came of it.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};
use url::Url;

use super::{
    endpoint::Endpoint,
    message::{Event, Message},
    settings::WebhookSettings,
};
use crate::junction::{feature::Environment, id::Id, moment::Moment};

/// How many deliveries are remembered.
const REMEMBERED: usize = 10_000;

/// Endpoints, and what is on its way to them.
#[derive(Debug, Clone, Default)]
pub(in crate::junction) struct Outbox {
    pub(in crate::junction) endpoints: Vec<Endpoint>,
    pub(in crate::junction) settings: WebhookSettings,
    pub(in crate::junction) deliveries: VecDeque<Delivery>,
    /// How many events there ever were.
    events: u64,
    /// An event that waits for the next one, which goes first.
    held: Option<Event>,
}

/// A message on its way to one endpoint.
#[derive(Debug, Clone)]
pub(in crate::junction) struct Delivery {
    /// Unlike the message's, no other delivery has it.
    pub(in crate::junction) id: Id,
    pub(in crate::junction) message: Message,
    pub(in crate::junction) endpoint: String,
    pub(in crate::junction) attempts: usize,
    pub(in crate::junction) last_status: Option<u16>,
    pub(in crate::junction) state: State,
}

/// What is sent now.
#[derive(Debug)]
pub(in crate::junction) struct Attempt {
    pub(in crate::junction) delivery: Id,
    /// The id of the message.
    pub(in crate::junction) message: String,
    pub(in crate::junction) body: String,
    pub(in crate::junction) url: Url,
    pub(in crate::junction) headers: BTreeMap<String, String>,
    pub(in crate::junction) secrets: Vec<String>,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::junction) enum State {
    /// Waits for this moment.
    Due(Moment),
    InFlight,
    Delivered,
    /// There is no attempt left.
    Failed,
}

impl Outbox {
    /// Sends an event, or what the settings make of it.
    pub(in crate::junction) fn emit(&mut self, event: Event) {
        self.events += 1;
        if self.settings.drop_every > 0 && self.events.is_multiple_of(self.settings.drop_every) {
            return;
        }
        if !self.settings.reorder {
            self.release();
            self.queue(event);
        } else if self.held.is_none() {
            self.held = Some(event);
        } else {
            self.queue(event);
            self.release();
        }
    }

    /// Sends what was held back for the sake of another order.
    pub(in crate::junction) fn release(&mut self) {
        if let Some(event) = self.held.take() {
            self.queue(event);
        }
    }

    fn queue(&mut self, event: Event) {
        let message = Message::of(event, &self.settings);
        let times = if self.settings.duplicate { 2 } else { 1 };
        let first = self.settings.schedule_ms.first().copied();
        let at = message.created_at.later(first.unwrap_or_default());
        let wanting = self.endpoints.iter().filter(|endpoint| {
            endpoint.team == message.event.team
                && endpoint.environment == message.event.environment
                && endpoint.wants(&message.event.kind)
        });
        for endpoint in wanting {
            for _ in 0..times {
                self.deliveries.push_back(Delivery {
                    id: Id::new(),
                    message: message.clone(),
                    endpoint: endpoint.id.clone(),
                    attempts: 0,
                    last_status: None,
                    state: State::Due(at),
                });
            }
        }
        while self.deliveries.len() > REMEMBERED {
            self.deliveries.pop_front();
        }
    }

    /// Takes up what is due: of each endpoint the first, unless one is in flight there.
    pub(in crate::junction) fn take_due(&mut self, now: Moment) -> Vec<Attempt> {
        let in_flight = self
            .deliveries
            .iter()
            .filter(|delivery| delivery.state == State::InFlight);
        let mut busy: Vec<String> = in_flight.map(|delivery| delivery.endpoint.clone()).collect();
        let mut due = Vec::new();
        for delivery in &mut self.deliveries {
            let is_due = matches!(delivery.state, State::Due(at) if at <= now);
            if !is_due || busy.contains(&delivery.endpoint) {
                continue;
            }
            let endpoint = self.endpoints.iter().find(|endpoint| endpoint.id == delivery.endpoint);
            let Some(endpoint) = endpoint.filter(|endpoint| !endpoint.disabled) else {
                delivery.state = State::Failed;
                continue;
            };
            delivery.state = State::InFlight;
            busy.push(delivery.endpoint.clone());
            due.push(Attempt {
                delivery: delivery.id,
                message: delivery.message.id.clone(),
                body: delivery.message.body.clone(),
                url: endpoint.url.clone(),
                headers: endpoint.headers.clone(),
                secrets: endpoint.signing(now).map(str::to_owned).collect(),
            });
        }
        due
    }

    /// Notes what came of an attempt, and plans the next one if it failed.
    pub(in crate::junction) fn finish(&mut self, id: Id, status: Option<u16>, now: Moment) {
        let Some(delivery) = self.deliveries.iter_mut().find(|delivery| delivery.id == id) else {
            return;
        };
        delivery.attempts += 1;
        delivery.last_status = status;
        let is_done = status.is_some_and(|status| (200..300).contains(&status));
        let next = self.settings.schedule_ms.get(delivery.attempts);
        delivery.state = match next {
            _ if is_done => State::Delivered,
            Some(next) => State::Due(now.later(*next)),
            None => State::Failed,
        };
        if !matches!(delivery.state, State::Due(_)) {
            // Nothing sends it again, and it says more of a person than should be kept.
            delivery.message.body.clear();
        }
        let mut endpoints = self.endpoints.iter_mut();
        if let Some(endpoint) = endpoints.find(|endpoint| endpoint.id == delivery.endpoint) {
            let since = endpoint.failing_since.filter(|_| !is_done);
            endpoint.failing_since = (!is_done).then(|| since.unwrap_or(now));
            if since.is_some_and(|since| since.later(self.settings.disable_after_ms) <= now) {
                endpoint.disabled = true;
            }
        }
    }

    /// The endpoint of this id, in this team and environment alone.
    pub(in crate::junction) fn endpoint(
        &mut self,
        id: &str,
        team: Id,
        environment: Environment,
    ) -> Option<&mut Endpoint> {
        let mut all = self.endpoints.iter_mut();
        all.find(|endpoint| endpoint.id == id && endpoint.team == team && endpoint.environment == environment)
    }

    /// Every delivery, without what it says.
    pub(in crate::junction) fn shown(&self) -> Value {
        let all = self.deliveries.iter();
        all.map(|delivery| {
            let event = &delivery.message.event;
            json!({
                "id": delivery.message.id,
                "endpoint": delivery.endpoint,
                "eventType": event.kind,
                "teamId": event.team,
                "orderId": event.order,
                "createdAt": delivery.message.created_at,
                "attempts": delivery.attempts,
                "lastStatus": delivery.last_status,
                "state": match delivery.state {
                    State::Due(_) | State::InFlight => "pending",
                    State::Delivered => "delivered",
                    State::Failed => "failed",
                },
            })
        })
        .collect()
    }
}
