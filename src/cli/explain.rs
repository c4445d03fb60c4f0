//! `explain`: what a launch would come to, and why. Nothing is sent.

use std::{fs, io::Read as _, path::PathBuf};

use clap::Args;
use domain::empego::Endpoint;

use super::{
    exit::{Exit, print},
    serve,
};
use crate::{
    app::{Explainer, Question},
    directory::NoCaller,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration whose hosts and tenants are asked about
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The calling host, by its id in the configuration
    #[arg(long, value_name = "ID")]
    host: String,
    /// What would be opened, such as consultation/view
    #[arg(long, value_name = "ENDPOINT", value_parser = endpoint)]
    endpoint: Endpoint,
    /// For a token host: a JSON file with the claims of a clinician's token. No signature is checked
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,
    /// The JSON body of a native launch; - reads it from standard input
    #[arg(value_name = "BODY", default_value = "-")]
    body: PathBuf,
}

fn endpoint(tail: &str) -> Result<Endpoint, String> {
    let known = || Endpoint::ALL.iter().map(|endpoint| endpoint.tail()).collect::<Vec<_>>();
    Endpoint::of_tail(tail).ok_or_else(|| format!("must be one of {}", known().join(", ")))
}

pub(super) fn explain(arguments: &Arguments) -> Result<(), Exit> {
    let (config, _) = serve::load(&arguments.config)?;
    let claims = arguments.claims.as_ref().map(|file| {
        let text = fs::read(file).map_err(|error| cannot_read(file, &error))?;
        serde_json::from_slice(&text).map_err(|error| cannot_read(file, &error))
    });
    let question = Question {
        host: &arguments.host,
        claims: claims.transpose()?,
        endpoint: arguments.endpoint,
        body: &body(arguments)?,
    };
    let explainer = Explainer::new(&config).map_err(Exit::failure)?;
    let document = explainer.explain(question).map_err(|why| {
        let host = &arguments.host;
        Exit::usage(match why {
            NoCaller::UnknownHost => format!("--host: the configuration has no host {host}"),
            NoCaller::ClaimsRequired => format!("--claims: the clinicians of host {host} come from tokens"),
            NoCaller::ClaimsNotAccepted => format!("--claims: host {host} states its clinicians in the body"),
        })
    })?;
    print(document)
}

fn body(arguments: &Arguments) -> Result<Vec<u8>, Exit> {
    let file = &arguments.body;
    if file.as_os_str() == "-" {
        let mut body = Vec::new();
        std::io::stdin().read_to_end(&mut body).map_err(Exit::failure)?;
        return Ok(body);
    }
    fs::read(file).map_err(|error| cannot_read(file, &error))
}

fn cannot_read(file: &std::path::Path, error: &dyn std::fmt::Display) -> Exit {
    Exit::usage(format!("{}: {error}", file.display()))
}
