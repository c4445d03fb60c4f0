//! The `x-integration-user` header: base64 of a compact JSON object (Empego's page "Get embeddable with user").

use std::fmt;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};

use crate::{
    clinician::Clinician,
    fault::{Fault, FieldError, FieldErrors, NotBase64},
    json::Raw,
    json_text,
    placeholder::is_placeholder,
    reason::Reason,
};

/// The header's name, in lower case.
pub use crate::header_names::USER as NAME;

/// The most bytes a header value may have, received or sent. No [`Clinician`] comes near it: the longest encodes to
/// less than 3 KiB, which a test shows.
pub const MAX_BYTES: usize = 4096;

/// A value as it is sent to Empego: standard padded base64. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct UserHeader(String);

impl UserHeader {
    /// Encodes a clinician: compact JSON in the order of the fields, UTF-8, standard alphabet with padding.
    #[must_use]
    pub fn encode(clinician: &Clinician) -> Self {
        /// Nearly all clinicians fit.
        const USUAL_BYTES: usize = 256;
        let mut json = Vec::with_capacity(USUAL_BYTES);
        json_text::object(&mut json, |members| {
            clinician.fields().for_each(|(name, value)| members.text(name, value));
        });
        Self(STANDARD.encode(json))
    }
}

impl AsRef<str> for UserHeader {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UserHeader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UserHeader(…)")
    }
}

/// What is wrong with a received header: the first stage that failed, and every error found in it.
#[derive(Debug, PartialEq, Eq)]
pub struct HeaderFault {
    /// One of those whose code is a `header_*`.
    pub reason: Reason,
    /// The errors: pointers into the decoded object, or to the header itself.
    pub errors: Vec<FieldError>,
}

/// Reads the one value of a received header. Its stages are size, base64, UTF-8, JSON, schema; the first that fails
/// answers. A placeholder is called one, whatever it decodes to: `null` is base64 too.
///
/// # Errors
/// What is wrong, without repeating any of the value.
pub fn decode(value: &[u8]) -> Result<Clinician, HeaderFault> {
    if value.len() > MAX_BYTES {
        return Err(whole(Reason::UserHeaderTooLong, Fault::TooLarge(MAX_BYTES)));
    }
    decode_bounded(value).map_err(|fault| {
        if std::str::from_utf8(value).is_ok_and(is_placeholder) {
            whole(Reason::UserHeaderNotBase64, Fault::NotBase64(NotBase64::Placeholder))
        } else {
            fault
        }
    })
}

fn decode_bounded(value: &[u8]) -> Result<Clinician, HeaderFault> {
    let json = from_base64(value).map_err(|why| whole(Reason::UserHeaderNotBase64, Fault::NotBase64(why)))?;
    check_encoding(&json)?;
    let raw = Raw::parse(&json).map_err(|fault| {
        if fault == Fault::NotUtf8 {
            let is_text = json.starts_with(b"{");
            let fault = if is_text { Fault::Latin1Header } else { fault };
            whole(Reason::UserHeaderNotUtf8, fault)
        } else {
            let is_base64 = json.starts_with(b"eyJ");
            let fault = if is_base64 { Fault::TwiceEncodedHeader } else { fault };
            whole(Reason::UserHeaderNotJson, fault)
        }
    })?;
    let mut errors = FieldErrors::default();
    Clinician::parse(raw, "", &mut errors).ok_or_else(|| HeaderFault {
        reason: Reason::UserHeaderNoClinician,
        errors: errors.into_vec(),
    })
}

/// Says what bytes are that some programs encode in the place of UTF-8.
fn check_encoding(bytes: &[u8]) -> Result<(), HeaderFault> {
    let is_utf16 = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [first, second, third, fourth, ..] => {
            matches!((first, second, third, fourth), (0, 1.., 0, 1..) | (1.., 0, 1.., 0))
        }
        [..] => false,
    };
    match bytes {
        _ if is_utf16 => Err(whole(Reason::UserHeaderNotUtf8, Fault::Utf16Header)),
        [0x1f, 0x8b, ..] | [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => {
            Err(whole(Reason::UserHeaderNotUtf8, Fault::CompressedHeader))
        }
        [0xef, 0xbb, 0xbf, ..] => Err(whole(Reason::UserHeaderNotJson, Fault::MarkedHeader)),
        [..] => Ok(()),
    }
}

/// A fault of the header as a whole.
pub(super) fn whole(reason: Reason, fault: Fault) -> HeaderFault {
    let mut errors = FieldErrors::default();
    errors.add(format!("/header/{NAME}"), fault);
    HeaderFault {
        reason,
        errors: errors.into_vec(),
    }
}

/// Padding may be there, as in Empego's samples, or not; half of it may not.
fn from_base64(value: &[u8]) -> Result<Vec<u8>, NotBase64> {
    if value.is_empty() {
        return Err(NotBase64::Empty);
    }
    let engine = if value.contains(&b'=') {
        STANDARD
    } else {
        STANDARD_NO_PAD
    };
    engine.decode(value).map_err(|_position_is_found_below| explain(value))
}

/// Says why a value that does not decode is not base64, in the words of an integrator.
fn explain(value: &[u8]) -> NotBase64 {
    if let [b'"' | b'\'', inside @ .., b'"' | b'\''] = value
        && !inside.is_empty()
    {
        return NotBase64::Quoted;
    }
    if matches!(value, [b'{' | b'[', ..]) {
        return NotBase64::Json;
    }
    let name = value.get(..NAME.len());
    if name.is_some_and(|name| name.eq_ignore_ascii_case(NAME.as_bytes())) {
        return NotBase64::Named;
    }
    let is_standard = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let body = value.iter().position(|byte| *byte == b'=').unwrap_or(value.len());
    for (at, byte) in value.iter().enumerate() {
        match byte {
            b'-' | b'_' => return NotBase64::UrlSafeAlphabet(at),
            b'=' => {}
            other if is_standard(*other) => {}
            b'%' => return NotBase64::Escaped(at),
            space if space.is_ascii_whitespace() => return NotBase64::Space(at),
            _foreign => return NotBase64::Alphabet(at),
        }
    }
    let padding = value.len() - body;
    let padding_at_end = value.iter().skip(body).all(|byte| *byte == b'=');
    if padding > 0 && !(padding_at_end && padding <= 2 && value.len().is_multiple_of(4)) {
        NotBase64::Padding
    } else {
        NotBase64::Length
    }
}

#[cfg(test)]
mod tests {
    use proptest::{option, prelude::*};

    use super::*;

    /// Values printed on Empego's page, and two with accents.
    const GOLDEN: [(&str, &str); 5] = [
        (
            r#"{"userId":"existing_user_123"}"#,
            "eyJ1c2VySWQiOiJleGlzdGluZ191c2VyXzEyMyJ9",
        ),
        (r#"{"userId":"emp456"}"#, "eyJ1c2VySWQiOiJlbXA0NTYifQ=="),
        (
            r#"{"userId":"new_user_456","firstName":"Dr. Alice","lastName":"Johnson","email":"alice.johnson@clinic.com","licenseNumber":"MD789123","preferredLanguage":"EN"}"#,
            "eyJ1c2VySWQiOiJuZXdfdXNlcl80NTYiLCJmaXJzdE5hbWUiOiJEci4gQWxpY2UiLCJsYXN0TmFtZSI6IkpvaG5zb24iLCJlbWFpbCI6ImFsaWNlLmpvaG5zb25AY2xpbmljLmNvbSIsImxpY2Vuc2VOdW1iZXIiOiJNRDc4OTEyMyIsInByZWZlcnJlZExhbmd1YWdlIjoiRU4ifQ==",
        ),
        (
            r#"{"userId":"u1","firstName":"Chloé"}"#,
            "eyJ1c2VySWQiOiJ1MSIsImZpcnN0TmFtZSI6IkNobG/DqSJ9",
        ),
        (
            r#"{"userId":"u123","firstName":"Noël"}"#,
            "eyJ1c2VySWQiOiJ1MTIzIiwiZmlyc3ROYW1lIjoiTm/Dq2wifQ==",
        ),
    ];

    fn clinician(json: &str) -> Clinician {
        let raw = Raw::parse(json.as_bytes()).unwrap();
        Clinician::parse(raw, "", &mut FieldErrors::default()).unwrap()
    }

    #[test]
    fn golden_values_encode_and_decode_to_the_letter() {
        for (json, header) in GOLDEN {
            assert_eq!(UserHeader::encode(&clinician(json)).as_ref(), header);
            assert_eq!(
                serde_json::to_string(&decode(header.as_bytes()).unwrap()).unwrap(),
                json
            );
        }
    }

    #[test]
    fn padding_may_be_left_out_and_comes_back() {
        let read = decode(b"eyJ1c2VySWQiOiJlbXA0NTYifQ").unwrap();
        assert_eq!(UserHeader::encode(&read).as_ref(), "eyJ1c2VySWQiOiJlbXA0NTYifQ==");
    }

    #[test]
    fn the_longest_clinician_fits_the_header() {
        let widest = |count: usize| "\u{1f600}".repeat(count);
        let clinician = clinician(
            &serde_json::json!({
                "userId": widest(255), "firstName": widest(100), "lastName": widest(100),
                "email": format!("{}@{}.ca", "a".repeat(64), ["b".repeat(61), "c".repeat(61), "d".repeat(62)].join(".")),
                "licenseNumber": widest(64), "preferredLanguage": "FR",
            })
            .to_string(),
        );
        assert!(UserHeader::encode(&clinician).as_ref().len() < 4 * 1024);
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "one row for each fault")]
    fn each_stage_has_its_own_error() {
        let b64 = |bytes: &[u8]| STANDARD.encode(bytes);
        let header = "/header/x-integration-user";
        let rows: Vec<(Vec<u8>, Reason, &str, Fault, &str)> = vec![
            (
                b"".to_vec(),
                Reason::UserHeaderNotBase64,
                header,
                Fault::NotBase64(NotBase64::Empty),
                "present and empty",
            ),
            (
                vec![b'A'; 4097],
                Reason::UserHeaderTooLong,
                header,
                Fault::TooLarge(4096),
                "one byte too many",
            ),
            (
                b"eyJ1c2VySWQ-".to_vec(),
                Reason::UserHeaderNotBase64,
                header,
                Fault::NotBase64(NotBase64::UrlSafeAlphabet(11)),
                "URL-safe",
            ),
            (
                b"e!".to_vec(),
                Reason::UserHeaderNotBase64,
                header,
                Fault::NotBase64(NotBase64::Alphabet(1)),
                "foreign character",
            ),
            (
                b"e30=,e30=".to_vec(),
                Reason::UserHeaderNotBase64,
                header,
                Fault::NotBase64(NotBase64::Alphabet(4)),
                "joined by a comma",
            ),
            (
                b"e3\xc30".to_vec(),
                Reason::UserHeaderNotBase64,
                header,
                Fault::NotBase64(NotBase64::Alphabet(2)),
                "not ASCII",
            ),
            (
                b"eyJ1c2VySWQiOiJlbXA0NTYifQ=".to_vec(),
                Reason::UserHeaderNotBase64,
                header,
                Fault::NotBase64(NotBase64::Padding),
                "half of the padding",
            ),
            (
                b"e30===".to_vec(),
                Reason::UserHeaderNotBase64,
                header,
                Fault::NotBase64(NotBase64::Padding),
                "too much padding",
            ),
            (
                b"e3=0".to_vec(),
                Reason::UserHeaderNotBase64,
                header,
                Fault::NotBase64(NotBase64::Padding),
                "padding inside",
            ),
            (
                b"e3093".to_vec(),
                Reason::UserHeaderNotBase64,
                header,
                Fault::NotBase64(NotBase64::Length),
                "five characters",
            ),
            (
                b"e3x=".to_vec(),
                Reason::UserHeaderNotBase64,
                header,
                Fault::NotBase64(NotBase64::Length),
                "bits left over",
            ),
            (
                b64(b"{\"userId\":\"\xc9lodie\"}").into(),
                Reason::UserHeaderNotUtf8,
                header,
                Fault::Latin1Header,
                "btoa's Latin-1",
            ),
            (
                b64(b"userId=1").into(),
                Reason::UserHeaderNotJson,
                header,
                Fault::NotJson(0),
                "a form",
            ),
            (
                b64(b"{\"userId\":\"a\"").into(),
                Reason::UserHeaderNotJson,
                header,
                Fault::NotJson(12),
                "cut off",
            ),
            (
                b64(b"null").into(),
                Reason::UserHeaderNoClinician,
                "",
                Fault::WrongType("an object"),
                "null",
            ),
            (
                b64(b"[]").into(),
                Reason::UserHeaderNoClinician,
                "",
                Fault::WrongType("an object"),
                "a list",
            ),
            (
                b64(b"{}").into(),
                Reason::UserHeaderNoClinician,
                "/userId",
                Fault::Required,
                "nobody",
            ),
            (
                b64(b"{\"userId\":\" \"}").into(),
                Reason::UserHeaderNoClinician,
                "/userId",
                Fault::Empty,
                "blank",
            ),
        ];
        for (value, born, field, fault, reason) in rows {
            let found = decode(&value).unwrap_err();
            let expected = HeaderFault {
                reason: born,
                errors: vec![FieldError {
                    field: field.to_owned(),
                    fault,
                }],
            };
            assert_eq!(found, expected, "{reason}");
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "one row for each program")]
    fn what_programs_really_do_is_named() {
        let json = r#"{"userId":"emp123","firstName":"Zoe","lastName":"Roy","email":"zoe.roy@clinic.ca"}"#;
        let good = STANDARD.encode(json);
        let wide = |order: fn(u16) -> [u8; 2]| json.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        let wrapped = |with: &str| {
            good.as_bytes()
                .chunks(76)
                .map(|line| std::str::from_utf8(line).unwrap())
                .collect::<Vec<_>>()
                .join(with)
        };
        let rows: Vec<(Vec<u8>, Fault, &str)> = vec![
            (
                "null".into(),
                Fault::NotBase64(NotBase64::Placeholder),
                "null, which decodes",
            ),
            ("None".into(), Fault::NotBase64(NotBase64::Placeholder), "Python"),
            (
                "undefined".into(),
                Fault::NotBase64(NotBase64::Placeholder),
                "JavaScript",
            ),
            (
                "[object Object]".into(),
                Fault::NotBase64(NotBase64::Placeholder),
                "an object",
            ),
            (
                "{{user}}".into(),
                Fault::NotBase64(NotBase64::Placeholder),
                "a template",
            ),
            (json.into(), Fault::NotBase64(NotBase64::Json), "not encoded"),
            (
                format!("\"{good}\"").into(),
                Fault::NotBase64(NotBase64::Quoted),
                "in quotes",
            ),
            (
                format!("X-Integration-User: {good}").into(),
                Fault::NotBase64(NotBase64::Named),
                "with its name",
            ),
            (
                wrapped(" ").into(),
                Fault::NotBase64(NotBase64::Space(76)),
                "wrapped, and unfolded by a proxy",
            ),
            (
                wrapped("\r\n").into(),
                Fault::NotBase64(NotBase64::Space(76)),
                "wrapped",
            ),
            (
                format!("Basic {good}").into(),
                Fault::NotBase64(NotBase64::Space(5)),
                "with a scheme",
            ),
            (
                "eyJ1c2VySWQiOiJlbXA0NTYifQ%3D%3D".into(),
                Fault::NotBase64(NotBase64::Escaped(26)),
                "as for a URL",
            ),
            (
                STANDARD.encode(wide(u16::to_le_bytes)).into(),
                Fault::Utf16Header,
                "UTF-16, little end first",
            ),
            (
                STANDARD.encode(wide(u16::to_be_bytes)).into(),
                Fault::Utf16Header,
                "UTF-16, big end first",
            ),
            (
                STANDARD
                    .encode([b"\xff\xfe".to_vec(), wide(u16::to_le_bytes)].concat())
                    .into(),
                Fault::Utf16Header,
                "with a mark",
            ),
            (
                STANDARD.encode(b"\x1f\x8b\x08\x00\x00").into(),
                Fault::CompressedHeader,
                "gzip",
            ),
            (
                STANDARD.encode(b"\x78\x9c\xab\x56").into(),
                Fault::CompressedHeader,
                "zlib",
            ),
            (
                STANDARD.encode(format!("\u{feff}{json}")).into(),
                Fault::MarkedHeader,
                "a byte order mark",
            ),
            (
                STANDARD.encode(&good).into(),
                Fault::TwiceEncodedHeader,
                "encoded twice",
            ),
            (
                STANDARD.encode(b"\x00\xe9\x80").into(),
                Fault::NotUtf8,
                "something else",
            ),
        ];
        for (value, fault, reason) in rows {
            let found = decode(&value).unwrap_err();
            let found: Vec<_> = found.errors.into_iter().map(|error| error.fault).collect();
            assert_eq!(found, [fault], "{reason}");
            assert!(!fault.message().is_empty(), "{reason}");
        }
    }

    fn any_clinician() -> impl Strategy<Value = Clinician> {
        let text = |max: usize| proptest::string::string_regex(&format!("[a-zÀ-ÿ\"\\\\/<😀]{{1,{max}}}")).unwrap();
        let email = "[a-z0-9.+'-]{1,20}@[a-z]{1,10}\\.(ca|example)";
        (
            text(255),
            option::of(text(100)),
            option::of(text(100)),
            option::of(email),
            option::of(text(64)),
            option::of("FR|en|Fr"),
        )
            .prop_filter_map("a valid clinician", |(id, first, last, email, license, language)| {
                let json = serde_json::json!({
                    "userId": id, "firstName": first, "lastName": last, "email": email,
                    "licenseNumber": license, "preferredLanguage": language,
                });
                let json = json.to_string();
                let raw = Raw::parse(json.as_bytes()).unwrap();
                Clinician::parse(raw, "", &mut FieldErrors::default())
            })
    }

    proptest! {
        #[test]
        fn encoding_then_decoding_changes_nothing(clinician in any_clinician()) {
            let header = UserHeader::encode(&clinician);
            prop_assert!(header.as_ref().len() <= MAX_BYTES);
            prop_assert_eq!(decode(header.as_ref().as_bytes()).unwrap(), clinician);
        }

        #[test]
        fn any_bytes_are_read_without_a_panic_and_never_repeated(value in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Err(fault) = decode(&value) {
                prop_assert!(!fault.errors.is_empty());
            }
        }

        #[test]
        fn an_accepted_header_carries_no_control_character(json in "\\{\"userId\":\"[a-z\\PC\\\\u0001]{0,9}\"\\}") {
            if let Ok(clinician) = decode(STANDARD.encode(json).as_bytes()) {
                prop_assert!(clinician.fields().all(|(_, value)| !value.chars().any(char::is_control)));
            }
        }
    }
}
