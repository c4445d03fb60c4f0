//! `explain`: what a launch would come to, and why. Nothing is sent.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::Args;
use domain::{empego::Endpoint, junction::operation};

use super::{
    configured,
    exit::{Exit, print},
};
use crate::{
    app::{Asked, Explainer, Question, block_on},
    config::Config,
    directory::NoCaller,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration file with the hosts and tenants
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The calling host, by its id in the configuration
    #[arg(long, value_name = "ID", required_unless_present = "token")]
    host: Option<String>,
    /// What to open, such as consultation/view or junction/launch
    #[arg(long, value_name = "ENDPOINT", value_parser = asked, required_unless_present = "token")]
    endpoint: Option<Asked>,
    /// For a token host: a JSON file with the claims of a clinician's token. No signature is checked
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,
    /// A file with a clinician's token, to report which host it authenticates, or why it is refused; - reads it from
    /// standard input. The keys of its issuer are fetched. None of its contents are printed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["host", "endpoint", "claims"])]
    token: Option<PathBuf>,
    /// The JSON body of a native launch; - reads it from standard input
    #[arg(value_name = "BODY", default_value = "-")]
    body: PathBuf,
}

fn asked(tail: &str) -> Result<Asked, String> {
    let junction = operation::LAUNCH.as_str();
    if tail == junction {
        return Ok(Asked::Junction);
    }
    let known = || Endpoint::ALL.iter().map(|endpoint| endpoint.tail()).collect::<Vec<_>>();
    Endpoint::of_tail(tail)
        .map(Asked::Empego)
        .ok_or_else(|| format!("must be one of {}, {junction}", known().join(", ")))
}

pub(super) fn explain(arguments: &Arguments) -> Result<(), Exit> {
    let (config, _) = configured::load(&arguments.config)?;
    match (&arguments.token, &arguments.host, arguments.endpoint) {
        (Some(token), _, _) => explain_token(&config, token),
        (None, Some(host), Some(launch)) => explain_launch(&config, arguments, host, launch),
        (None, _, _) => Err(Exit::usage(
            "--host and --endpoint are both required, unless --token is given",
        )),
    }
}

fn explain_token(config: &Config, file: &Path) -> Result<(), Exit> {
    let token = String::from_utf8(read(file)?).map_err(|_it_is_secret| cannot_read(file, &"is not UTF-8"))?;
    let explanation = block_on(async {
        let explainer = Explainer::new(config).await.map_err(Exit::failure)?;
        Ok(explainer.explain_token(&token.into()).await)
    })?;
    print(serde_json::to_string_pretty(&explanation).map_err(Exit::failure)?)?;
    if explanation.accepted {
        Ok(())
    } else {
        Err(Exit::failure("the token is refused"))
    }
}

fn explain_launch(config: &Config, arguments: &Arguments, host: &str, launch: Asked) -> Result<(), Exit> {
    let claims = arguments.claims.as_ref().map(|file| {
        let text = fs::read(file).map_err(|error| cannot_read(file, &error))?;
        serde_json::from_slice(&text).map_err(|error| cannot_read(file, &error))
    });
    let question = Question {
        host,
        claims: claims.transpose()?,
        launch,
        body: &read(&arguments.body)?,
    };
    let document = block_on(async {
        let explainer = Explainer::new(config)
            .await
            .map_err(|fault| Exit::failure(format!("{fault:#}")))?;
        Ok(explainer.explain(question).await)
    })?;
    let document = document.map_err(|why| {
        Exit::usage(match why {
            NoCaller::UnknownHost => format!("--host: the configuration has no host {host}"),
            NoCaller::ClaimsRequired => format!("--claims is required: host {host} takes its clinicians from tokens"),
            NoCaller::ClaimsNotAccepted => {
                format!("--claims is not accepted: host {host} sends its clinicians in the body")
            }
        })
    })?;
    print(document)
}

/// A file's contents, or standard input's for `-`.
fn read(file: &Path) -> Result<Vec<u8>, Exit> {
    if file.as_os_str() == "-" {
        let mut contents = Vec::new();
        std::io::stdin().read_to_end(&mut contents).map_err(Exit::failure)?;
        return Ok(contents);
    }
    fs::read(file).map_err(|error| cannot_read(file, &error))
}

fn cannot_read(file: &Path, error: &dyn std::fmt::Display) -> Exit {
    Exit::usage(format!("{}: {error}", file.display()))
}
