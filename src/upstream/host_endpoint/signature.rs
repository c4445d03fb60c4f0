//! How an event proves that it comes from this gateway.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::signing_secret::SigningSecret;

/// The signatures of a message, one for each secret, as Standard Webhooks has them: `v1,` and the HMAC-SHA256 of
/// `id.timestamp.body` in base64, with a space between two. `timestamp` is in seconds since 1970.
#[must_use]
pub fn signatures(secrets: &[SigningSecret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let each: Vec<_> = secrets
        .iter()
        .map(|secret| {
            let mut signing = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret.key()));
            signing.update(format!("{id}.{timestamp}.").as_bytes());
            signing.update(body);
            format!("v1,{}", STANDARD.encode(signing.sign()))
        })
        .collect();
    each.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_that_the_standards_own_libraries_make() {
        let rows = [
            (
                "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
                ("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553),
                r#"{"email":"test@example.com","username":"test_user"}"#,
                "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
            ),
            (
                "whsec_ZW1wZWdvLWdhdGV3YXktdGVzdC1zZWNyZXQtMzJieXQ=",
                ("msg_2gwTestAppointment0000000001", 1_795_651_200),
                r#"{"event_type":"labtest.appointment.updated","data":{"id":"06c2c65b-74a0-4f25-a4a9-44f796296355"},"user_id":"acf79a82-0c2c-4ca0-998b-378931793905","client_user_id":"patient-123","team_id":"6353bcab-3526-4838-8c92-063fa760fb6b"}"#,
                "v1,q72HsymCIj5vhQfQ8bG9Np2A0XUFRVGoGajUEqKT5Dw=",
            ),
        ];
        for (secret, (id, timestamp), body, expected) in rows {
            let secret = SigningSecret::parse(secret).unwrap();
            let one = std::slice::from_ref(&secret);
            assert_eq!(signatures(one, id, timestamp, body.as_bytes()), expected);
            let with_newline = format!("{body}\n");
            assert_ne!(signatures(one, id, timestamp, with_newline.as_bytes()), expected);
        }
    }

    #[test]
    fn while_secrets_are_exchanged_both_sign() {
        let secrets = [
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "whsec_ZW1wZWdvLWdhdGV3YXktdGVzdC1zZWNyZXQtMzJieXQ=",
        ]
        .map(|secret| SigningSecret::parse(secret).unwrap());
        let both = signatures(&secrets, "evt_1", 7, b"{}");
        let each = secrets.map(|secret| signatures(&[secret], "evt_1", 7, b"{}"));
        assert_eq!(both, each.join(" "));
        assert_ne!(each[0], each[1]);
    }
}
