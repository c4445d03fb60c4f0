//! Real servers, and gateways in front of a stand-in for Empego.

mod child;
mod gateway;
mod port;
pub(crate) mod postgres;

pub(crate) use child::ServerProcess;
pub(crate) use gateway::Setting;
pub(crate) use port::free_port;
pub(crate) use postgres::Postgres;
