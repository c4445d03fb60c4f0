//! Junction's app behind the gateway, against the stand-in, over real sockets.

mod bounds;
mod continuation;
mod documents;
mod explain;
mod fast_launch;
mod launches;
mod orders;
mod patients;
mod refusals;
mod teams;
mod trips;
mod trouble;
