//! Real servers, and gateways in front of a stand-in for Empego.

mod balancer;
mod child;
mod gateway;
mod launches;
pub(crate) mod orders;
mod pooler;
mod port;
mod postgres;
mod relay;

pub(crate) use balancer::Balancer;
pub(crate) use child::ServerProcess;
pub(crate) use gateway::{GatewayProcess, Setting, binary};
pub(crate) use launches::{Caller, Upstream};
pub(crate) use pooler::Pooler;
pub(crate) use port::free_port;
pub(crate) use postgres::Postgres;
pub(crate) use relay::Relay;
