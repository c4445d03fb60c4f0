//! `header encode` and `header decode`.

use std::{fmt::Write as _, io::Read as _};

use clap::{Args, Subcommand};
use domain::{
    clinician_of,
    empego::user_header::{self, UserHeader},
    fault::FieldError,
};
use serde_json::{Map, Value};

use super::exit::{Exit, print};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the header value for a clinician
    Encode(Encode),
    /// Print the clinician in a header value, or exactly what is wrong with it
    Decode(Decode),
}

#[derive(Debug, Args)]
pub(super) struct Encode {
    /// The clinician's id in the host's own system
    #[arg(long, value_name = "ID")]
    user_id: String,
    #[arg(long, value_name = "NAME")]
    first_name: Option<String>,
    #[arg(long, value_name = "NAME")]
    last_name: Option<String>,
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    #[arg(long, value_name = "NUMBER")]
    license_number: Option<String>,
    /// FR or EN
    #[arg(long, value_name = "LANGUAGE")]
    preferred_language: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Decode {
    /// The header's value; - reads it from standard input
    value: String,
    /// Print only this field, without quotes; may be repeated
    #[arg(long = "field", value_name = "NAME")]
    fields: Vec<String>,
}

pub(super) fn run(command: Command) -> Result<(), Exit> {
    match command {
        Command::Encode(arguments) => encode(arguments),
        Command::Decode(arguments) => decode(&arguments),
    }
}

fn encode(arguments: Encode) -> Result<(), Exit> {
    let stated = [
        ("userId", Some(arguments.user_id)),
        ("firstName", arguments.first_name),
        ("lastName", arguments.last_name),
        ("email", arguments.email),
        ("licenseNumber", arguments.license_number),
        ("preferredLanguage", arguments.preferred_language),
    ];
    let object: Map<String, Value> = stated
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.into())))
        .collect();
    let clinician = clinician_of(&Value::Object(object))
        .map_err(|errors| Exit::usage(report("This clinician cannot be sent", &errors)))?;
    print(UserHeader::encode(&clinician).as_ref())
}

fn decode(arguments: &Decode) -> Result<(), Exit> {
    let mut value = arguments.value.clone();
    if value == "-" {
        value.clear();
        std::io::stdin().read_to_string(&mut value).map_err(Exit::failure)?;
    }
    let clinician = user_header::decode(value.trim().as_bytes()).map_err(|fault| {
        let heading = format!(
            "{}: {}",
            fault.reason.code().as_str(),
            fault.reason.code().message(None)
        );
        Exit::failure(report(&heading, &fault.errors))
    })?;
    if arguments.fields.is_empty() {
        return print(serde_json::to_string_pretty(&clinician).map_err(Exit::failure)?);
    }
    for name in &arguments.fields {
        let value = clinician.fields().find(|(field, _)| field == name);
        let (_, value) = value.ok_or_else(|| Exit::failure(format!("the header has no field {name}")))?;
        print(value)?;
    }
    Ok(())
}

/// One line per error: where, what, and the code. The value never appears.
fn report(heading: &str, errors: &[FieldError]) -> String {
    let mut report = heading.to_owned();
    for error in errors {
        let place = if error.field.is_empty() {
            "the decoded value"
        } else {
            &error.field
        };
        // Writing to a string cannot fail.
        let _written = write!(
            report,
            "\n  {place}: {} ({})",
            error.fault.message(),
            error.fault.code()
        );
    }
    report
}
