//! Tells hosts what happened to orders, each at its own pace.

mod courier;
mod delivery;
mod endpoint;
mod message;
mod schedule;

pub(in crate::app) use endpoint::{HostEndpoints, host_endpoints, send_test};

use std::sync::Arc;

use tokio::sync::watch::Receiver;
use tokio_util::sync::CancellationToken;

use self::{
    delivery::Delivery,
    endpoint::{Endpoint, EndpointConfig},
};
use super::shared::Shared;
use crate::{
    app::background::{
        following::{Following, changed},
        supervisor::{Background, Ended, Phase},
    },
    telemetry::Task,
};

pub(in crate::app::background) struct Deliveries {
    pub(in crate::app::background) shared: Shared,
    /// Whom to tell. It can change.
    pub(in crate::app::background) endpoints: Receiver<HostEndpoints>,
}

impl Background for Deliveries {
    const NAME: Task = Task::OrderDeliveries;
    const ENDS_ON: Phase = Phase::Finish;

    async fn run(&mut self, finish: &CancellationToken) -> Ended {
        let mut following = Following::default();
        loop {
            let endpoints = Arc::clone(&self.endpoints.borrow_and_update());
            self.follow(&mut following, &endpoints).await;
            tokio::select! {
                () = finish.cancelled() => {
                    following.keep(|_: &EndpointConfig| false).await;
                    return Ended::Stopped;
                }
                () = changed(&mut self.endpoints) => {}
                () = following.ended() => return Ended::Stopped,
            }
        }
    }
}

impl Deliveries {
    /// Delivers to these and to no others. One that has not changed goes on undisturbed.
    async fn follow(&self, following: &mut Following<EndpointConfig>, endpoints: &[Endpoint]) {
        let stays = |config: &EndpointConfig| endpoints.iter().any(|endpoint| endpoint.config == *config);
        following.keep(stays).await;
        for endpoint in endpoints {
            following.begin(&endpoint.config, |stop| {
                Delivery::new(endpoint.clone(), self.shared.clone()).run(stop)
            });
        }
    }
}

#[cfg(test)]
mod tests;
