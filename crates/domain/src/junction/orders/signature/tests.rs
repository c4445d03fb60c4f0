//! Signatures of senders, and of those who are none.

use hmac::{Hmac, KeyInit as _, Mac as _};
use proptest::prelude::*;
use sha2::Sha256;

use super::*;

const KEY: &str = "C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const OTHER_KEY: &str = "ZW1wZWdvLWdhdGV3YXktdGVzdC1zZWNyZXQtMzJieXQ=";

/// An event, and the signature that its sender made.
struct Vector {
    key: &'static str,
    id: &'static str,
    timestamp: &'static str,
    body: &'static str,
    signature: &'static str,
}

const OF_SVIX: Vector = Vector {
    key: KEY,
    id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
    timestamp: "1649367553",
    body: r#"{"email":"test@example.com","username":"test_user"}"#,
    signature: "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
};

const OF_JUNCTION: Vector = Vector {
    key: OTHER_KEY,
    id: "msg_2gwTestAppointment0000000001",
    timestamp: "1795651200",
    body: r#"{"event_type":"labtest.appointment.updated","data":{"id":"06c2c65b-74a0-4f25-a4a9-44f796296355"},"user_id":"acf79a82-0c2c-4ca0-998b-378931793905","client_user_id":"patient-123","team_id":"6353bcab-3526-4838-8c92-063fa760fb6b"}"#,
    signature: "v1,q72HsymCIj5vhQfQ8bG9Np2A0XUFRVGoGajUEqKT5Dw=",
};

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn headers<'a>(id: &'a str, timestamp: &'a str, signature: &'a str) -> Vec<(&'a str, &'a [u8])> {
    vec![
        ("content-type", b"application/json"),
        ("svix-id", id.as_bytes()),
        ("svix-timestamp", timestamp.as_bytes()),
        ("svix-signature", signature.as_bytes()),
    ]
}

fn check(headers: &[(&str, &[u8])], body: &[u8], keys: &[&str], now: i64) -> Result<(), Reason> {
    let keys: Vec<_> = keys.iter().map(|key| STANDARD.decode(key).unwrap()).collect();
    let signed = Signed::find(headers)?;
    let now = Timestamp::from_second(now).unwrap();
    let keys: Vec<_> = keys.iter().map(Vec::as_slice).collect();
    signed.check(body, &keys, now, mac)
}

impl Vector {
    fn check(&self, timestamp: &str, signature: &str, body: &[u8], keys: &[&str], later: i64) -> Result<(), Reason> {
        let now = self.timestamp.parse::<i64>().unwrap() + later;
        check(&headers(self.id, timestamp, signature), body, keys, now)
    }
}

#[test]
fn events_of_junction_and_of_svix_verify() {
    for vector in [OF_SVIX, OF_JUNCTION] {
        let Vector {
            key,
            timestamp,
            body,
            signature,
            ..
        } = vector;
        let body = body.as_bytes();
        assert_eq!(vector.check(timestamp, signature, body, &[key], 0), Ok(()));
        assert_eq!(
            vector.check(timestamp, signature, body, &[KEY, OTHER_KEY], 0),
            Ok(()),
            "one of two keys"
        );
        let wrong = Err(Reason::WebhookSignatureWrong);
        let other = if key == KEY { OTHER_KEY } else { KEY };
        assert_eq!(
            vector.check(timestamp, signature, body, &[other], 0),
            wrong,
            "another key"
        );
        assert_eq!(vector.check(timestamp, signature, body, &[], 0), wrong, "no key");
    }
}

#[test]
fn a_body_of_other_bytes_is_refused() {
    let newline = format!("{}\n", OF_JUNCTION.body);
    let spaced = OF_JUNCTION.body.replace(':', ": ");
    let escaped = OF_JUNCTION.body.replace("patient", "p\\u0061tient");
    let rows = [
        (&newline, "a line feed at the end"),
        (&spaced, "spaces"),
        (&escaped, "an escape"),
    ];
    for (body, reason) in rows {
        let checked = OF_JUNCTION.check(
            OF_JUNCTION.timestamp,
            OF_JUNCTION.signature,
            body.as_bytes(),
            &[OTHER_KEY],
            0,
        );
        assert_eq!(checked, Err(Reason::WebhookSignatureWrong), "{reason}");
    }
    let of_newline = "v1,CvHbZ8+OmSVqqc9xo3I8KDnPR0gbithzgBaZRAPpO+0=";
    let checked = OF_JUNCTION.check(OF_JUNCTION.timestamp, of_newline, newline.as_bytes(), &[OTHER_KEY], 0);
    assert_eq!(checked, Ok(()), "its own signature");
}

#[test]
fn raw_bytes_are_signed_whatever_they_are() {
    for body in ["{ \"a\" :\t1 }\n", "{\"name\":\"Zo\\u00e9\"}", "", "\u{feff}{}"] {
        let body = body.as_bytes();
        let parts: [&[u8]; 5] = [b"msg_1", b".", b"1700000000", b".", body];
        let signature = STANDARD.encode(mac(&STANDARD.decode(KEY).unwrap(), &parts));
        let signature = format!("v1,{signature}");
        let sent = headers("msg_1", "1700000000", &signature);
        assert_eq!(check(&sent, body, &[KEY], 1_700_000_000), Ok(()));
        let altered = [body, b" "].concat();
        assert_eq!(
            check(&sent, &altered, &[KEY], 1_700_000_000),
            Err(Reason::WebhookSignatureWrong)
        );
    }
}

#[test]
fn five_minutes_either_way_are_in_time() {
    let check = |later| {
        OF_SVIX.check(
            OF_SVIX.timestamp,
            OF_SVIX.signature,
            OF_SVIX.body.as_bytes(),
            &[KEY],
            later,
        )
    };
    let late = Err(Reason::WebhookOutOfTime);
    for (later, expected) in [
        (300, Ok(())),
        (-300, Ok(())),
        (301, late),
        (-301, late),
        (1_000_000_000, late),
    ] {
        assert_eq!(check(later), expected, "{later}");
    }
}

#[test]
fn a_time_is_an_integer_in_digits() {
    for text in [
        "",
        "1e9",
        "+1649367553",
        "-1649367553",
        " 1649367553",
        "1649367553.0",
        "0x62",
        "9999999999999999",
    ] {
        let checked = OF_SVIX.check(text, OF_SVIX.signature, OF_SVIX.body.as_bytes(), &[KEY], 0);
        assert_eq!(checked, Err(Reason::WebhookUnsigned), "{text}");
    }
}

#[test]
fn other_signatures_beside_the_right_one_are_ignored() {
    let right = OF_SVIX.signature;
    let rows = [
        (format!("v1a,AAAA {right}"), true, "another version first"),
        (format!("{right} v2,AAAA"), true, "another version last"),
        (format!("v1,AAAA v1,!!! v1 , {right}"), true, "malformed ones"),
        (right.replacen("v1,", "v2,", 1), false, "another version alone"),
        (right.replacen("v1,", "", 1), false, "no version"),
        (right.replace("tZ1I", "tZ1J"), false, "a bit that differs"),
        (right.trim_end_matches('=').to_owned(), false, "no padding"),
        (right.replace("Kkw=", "KA=="), false, "a byte too few"),
        (String::new(), false, "nothing"),
        (right.replace(' ', ","), true, "no space, one signature"),
    ];
    for (signature, expected, reason) in rows {
        let checked = OF_SVIX.check(OF_SVIX.timestamp, &signature, OF_SVIX.body.as_bytes(), &[KEY], 0);
        assert_eq!(checked.is_ok(), expected, "{reason}");
    }
}

#[test]
fn three_headers_are_needed_and_each_once() {
    let all = || headers(OF_SVIX.id, OF_SVIX.timestamp, OF_SVIX.signature);
    let without = |name: &str| {
        all()
            .into_iter()
            .filter(|(header, _)| *header != name)
            .collect::<Vec<_>>()
    };
    let with = |name, value: &'static [u8]| [all(), vec![(name, value)]].concat();
    let renamed = |from: &str, to: &'static str| {
        let renamed = all()
            .into_iter()
            .map(|(name, value)| (if name == from { to } else { name }, value));
        renamed.collect::<Vec<_>>()
    };
    let standard: Vec<_> = all()
        .into_iter()
        .map(|(name, value)| match name {
            "svix-id" => ("webhook-id", value),
            "svix-timestamp" => ("webhook-timestamp", value),
            "svix-signature" => ("webhook-signature", value),
            _ => (name, value),
        })
        .collect();
    let rows = [
        (all(), true, "all three"),
        (standard, true, "the standard's own names"),
        (without("svix-id"), false, "no id"),
        (without("svix-timestamp"), false, "no time"),
        (without("svix-signature"), false, "no signature"),
        (with("svix-id", b"msg_2"), false, "two ids"),
        (with("svix-id", OF_SVIX.id.as_bytes()), false, "the same id twice"),
        (with("svix-timestamp", b"1649367553"), false, "two times"),
        (
            with("webhook-id", b"msg_2"),
            true,
            "another id by the other name, which says nothing",
        ),
        (renamed("svix-id", "webhook-id"), false, "names of both kinds"),
        (Vec::new(), false, "none at all"),
    ];
    for (headers, expected, reason) in rows {
        let now = OF_SVIX.timestamp.parse().unwrap();
        let checked = check(&headers, OF_SVIX.body.as_bytes(), &[KEY], now);
        assert_eq!(
            checked,
            if expected { Ok(()) } else { Err(Reason::WebhookUnsigned) },
            "{reason}"
        );
    }
}

#[test]
fn an_id_is_visible_ascii_without_a_full_stop() {
    let long = "a".repeat(257);
    let rows = [
        ("msg_1", true),
        ("", false),
        ("msg.1", false),
        ("msg 1", false),
        ("msg_é", false),
        (&long, false),
    ];
    for (id, expected) in rows {
        let headers = headers(id, "1", "v1,AA==");
        assert_eq!(Signed::find(&headers).is_ok(), expected, "{id}");
    }
}

proptest! {
    #[test]
    fn whatever_is_sent_is_refused_without_a_panic(
        id in any::<Vec<u8>>(),
        timestamp in any::<Vec<u8>>(),
        signature in any::<Vec<u8>>(),
        body in any::<Vec<u8>>(),
    ) {
        let headers: [(&str, &[u8]); 3] =
            [("svix-id", &id), ("svix-timestamp", &timestamp), ("svix-signature", &signature)];
        prop_assert!(check(&headers, &body, &[KEY], 1_700_000_000).is_err());
    }

    #[test]
    fn any_signature_of_a_good_form_is_wrong_unless_it_is_the_right_one(signature in any::<[u8; 32]>()) {
        let signature = format!("v1,{}", STANDARD.encode(signature));
        let checked = OF_SVIX.check(OF_SVIX.timestamp, &signature, OF_SVIX.body.as_bytes(), &[KEY], 0);
        prop_assert_eq!(checked, Err(Reason::WebhookSignatureWrong));
    }
}
