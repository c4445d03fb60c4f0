//! A ticket's content, sealed for whichever gateway has the key. Each ticket's id makes a key of its own.

use std::borrow::Cow;

use domain::reason::Reason;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use store::keyring::{Key, Keyring};
use uuid::Uuid;

use super::content::Content;

/// Where the seals of records have a tenant and a request id, which is never this word.
const PURPOSE: (&str, &str) = ("", "ticket");

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    #[serde(borrow)]
    url: Cow<'a, str>,
    host: Cow<'a, str>,
    launch: Cow<'a, str>,
    /// When it expires, in milliseconds since 1970.
    exp: i64,
}

/// Seals a content that expires then.
pub(super) fn seal(key: &Key, id: Uuid, content: &Content, until: Timestamp) -> Result<String, Reason> {
    let clear = Sealed {
        url: content.url.expose_secret().into(),
        host: (&*content.host).into(),
        launch: content.launch.as_str().into(),
        exp: until.as_millisecond(),
    };
    let clear = serde_json::to_vec(&clear).map_err(|_never| Reason::Defect)?;
    let (tenant, request) = PURPOSE;
    let sealed = key.sealer(id).seal(tenant, request, &clear);
    sealed.map_err(|_no_randomness| Reason::Defect)
}

/// Opens one with whichever key it was sealed with, and tells when it expires.
pub(super) fn open(rings: &[Keyring], id: Uuid, sealed: &str) -> Result<(Content, Timestamp), Reason> {
    let (tenant, request) = PURPOSE;
    let mut keys = rings.iter().flat_map(Keyring::keys);
    let clear = keys.find_map(|key| key.sealer(id).open(tenant, request, sealed).ok());
    let clear = clear.ok_or(Reason::TicketNotSealedHere)?;
    let Sealed { url, host, launch, exp } =
        serde_json::from_slice(&clear).map_err(|_of_another_version| Reason::TicketNotSealedHere)?;
    let until = Timestamp::from_millisecond(exp).map_err(|_of_another_version| Reason::TicketNotSealedHere)?;
    let content = Content {
        url: SecretString::from(url.into_owned()),
        host: host.into(),
        launch: launch.into_owned(),
    };
    Ok((content, until))
}
