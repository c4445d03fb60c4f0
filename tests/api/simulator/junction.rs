//! The stand-in for Junction behaves as documented, and where Junction is silent, as it says itself; over real sockets.

mod app;
mod control;
mod desk;
mod management;
mod orders;
mod results;
mod scene;
mod team_api;
mod troubles;
mod visits;
mod webhooks;
