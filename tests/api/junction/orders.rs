//! Orders for at-home phlebotomy, from placing to results, over real sockets.

mod explain;
mod flow;
mod permission;
mod placing;
mod results;
mod times;
mod visits;
mod webhooks;
