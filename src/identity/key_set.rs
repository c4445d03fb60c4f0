//! An issuer's public keys, and what they are good for. Pure.

use std::ops::RangeInclusive;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::reason::Reason;
use jsonwebtoken::{Algorithm, DecodingKey, crypto::verify};
use serde::Deserialize;
use serde_json::Value;

use super::unused::{Unused, Why};

/// The names of the algorithms that a token may be signed with. `none` and HMAC are not among them, whatever a key set
/// says. `EdDSA` has two names: RFC 9864 replaces the first, which is for more than one curve, by the second.
const ALGORITHMS: [(&str, Algorithm); 9] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];
const ED25519: &str = "Ed25519";

/// What an RSA key is good for, if it does not say so itself.
const RSA: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// The most keys that are read of a set.
const MAX_KEYS: usize = 100;

/// The most keys that one token is held against: a stranger may cause no more work than that.
const MAX_TRIES: usize = 4;

/// How long the modulus of an RSA key may be: 2048 to 8192 bits.
const MODULUS_BYTES: RangeInclusive<usize> = 256..=1024;

/// The least public exponent of an RSA key.
const MIN_EXPONENT: u64 = 65_537;

/// The usable keys of a JSON web key set, and which others there are.
pub(super) struct KeySet {
    keys: Vec<Key>,
    unused: Unused,
}

/// Why a document is no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoKeySet {
    /// It is no JSON web key set.
    NotADocument,
    /// It is one, and none of its keys can verify a token.
    NoUsableKey(Unused),
}

struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    decoding: DecodingKey,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// What is read of a key in a set.
#[derive(Deserialize)]
struct Jwk {
    kid: Option<String>,
    kty: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The algorithm of this name, if tokens may be signed with it.
pub(super) fn algorithm(name: &str) -> Option<Algorithm> {
    let name = if name == ED25519 { "EdDSA" } else { name };
    let mut known = ALGORITHMS.iter();
    known.find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
}

impl KeySet {
    /// Reads a key set. Keys for other purposes or of other kinds are passed over, as RFC 7517 asks.
    ///
    /// # Errors
    /// Why there is no usable key in it.
    pub(super) fn parse(json: &[u8]) -> Result<Self, NoKeySet> {
        let document: Document = serde_json::from_slice(json).map_err(|_text_is_the_issuers| NoKeySet::NotADocument)?;
        let mut unused = Unused::of(document.keys.len());
        unused.add(Why::TooMany, document.keys.len().saturating_sub(MAX_KEYS));
        let mut keys = Vec::new();
        for value in document.keys.into_iter().take(MAX_KEYS) {
            match Key::of(value) {
                Ok(key) => keys.push(key),
                Err(why) => unused.add(why, 1),
            }
        }
        if keys.is_empty() {
            Err(NoKeySet::NoUsableKey(unused))
        } else {
            Ok(Self { keys, unused })
        }
    }

    /// The keys that are not used.
    pub(super) fn unused(&self) -> &Unused {
        &self.unused
    }

    /// Whether a key of this id is in it; without an id any will do.
    pub(super) fn has(&self, id: Option<&str>) -> bool {
        id.is_none() || self.keys.iter().any(|key| key.id.as_deref() == id)
    }

    /// Whether one of the keys made a token's signature: that of its id, or without an id one of the first that fit the
    /// algorithm.
    ///
    /// # Errors
    /// Why none did.
    pub(super) fn check(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        signed: &str,
        signature: &str,
    ) -> Result<(), Reason> {
        if !self.has(id) {
            return Err(Reason::TokenOfUnknownKey);
        }
        let fits = |key: &&Key| (id.is_none() || key.id.as_deref() == id) && key.algorithms.contains(&algorithm);
        let mut candidates = self.keys.iter().filter(fits).take(MAX_TRIES).peekable();
        if candidates.peek().is_none() {
            return Err(Reason::TokenAlgorithm);
        }
        let made_it =
            |key: &Key| verify(signature, signed.as_bytes(), &key.decoding, algorithm).is_ok_and(|is_good| is_good);
        if candidates.any(made_it) {
            Ok(())
        } else {
            Err(Reason::TokenSignature)
        }
    }
}

impl Key {
    fn of(value: Value) -> Result<Self, Why> {
        let jwk: Jwk = serde_json::from_value(value).map_err(|_text_is_the_issuers| Why::NotAKey)?;
        if !jwk.verifies_signatures() {
            return Err(Why::OtherPurpose);
        }
        // Its kind decides what a key is good for, its own `alg` can only narrow that. A public key is never a secret.
        let of_its_kind = jwk.algorithms_of_its_kind().ok_or(Why::OtherKind)?;
        let algorithms = match &jwk.alg {
            None => of_its_kind.to_vec(),
            Some(own) => {
                let own = algorithm(own).filter(|own| of_its_kind.contains(own));
                vec![own.ok_or(Why::OtherAlgorithm)?]
            }
        };
        Ok(Self {
            decoding: jwk.decoding()?,
            id: jwk.kid,
            algorithms,
        })
    }
}

impl Jwk {
    fn algorithms_of_its_kind(&self) -> Option<&'static [Algorithm]> {
        match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => Some(&RSA),
            ("EC", Some("P-256")) => Some(&[Algorithm::ES256]),
            ("EC", Some("P-384")) => Some(&[Algorithm::ES384]),
            ("OKP", Some(ED25519)) => Some(&[Algorithm::EdDSA]),
            _other_kind => None,
        }
    }

    /// The key itself. Numbers are written as they should be, whatever stands before or behind them: what they mean is the
    /// same.
    fn decoding(&self) -> Result<DecodingKey, Why> {
        let [n, e, x, y] = [&self.n, &self.e, &self.x, &self.y].map(|member| bytes(member.as_deref()));
        let unreadable = |_contents_stay_here| Why::Unreadable;
        match self.kty.as_str() {
            "RSA" => {
                let (modulus, exponent) = (n.ok_or(Why::Unreadable)?, e.ok_or(Why::Unreadable)?);
                let (modulus, exponent) = (significant(&modulus), significant(&exponent));
                if !MODULUS_BYTES.contains(&modulus.len()) {
                    return Err(Why::ModulusSize);
                }
                if number(exponent).is_none_or(|exponent| exponent < MIN_EXPONENT) {
                    return Err(Why::Exponent);
                }
                Ok(DecodingKey::from_rsa_raw_components(modulus, exponent))
            }
            "EC" => {
                let (x, y) = (x.ok_or(Why::Unreadable)?, y.ok_or(Why::Unreadable)?);
                let length = if self.crv.as_deref() == Some("P-384") { 48 } else { 32 };
                if x.len() != length || y.len() != length {
                    return Err(Why::CoordinateLength);
                }
                let [x, y] = [x, y].map(|number| URL_SAFE_NO_PAD.encode(number));
                DecodingKey::from_ec_components(&x, &y).map_err(unreadable)
            }
            _edwards => {
                let x = x.ok_or(Why::Unreadable)?;
                if x.len() != 32 {
                    return Err(Why::CoordinateLength);
                }
                DecodingKey::from_ed_components(&URL_SAFE_NO_PAD.encode(x)).map_err(unreadable)
            }
        }
    }

    /// Whether what the key says of its purpose allows signatures to be verified with it.
    fn verifies_signatures(&self) -> bool {
        let is_for_signatures = self.purpose.as_ref().is_none_or(|purpose| purpose == "sig");
        let may_verify = |operations: &Vec<String>| operations.iter().any(|operation| operation == "verify");
        is_for_signatures && self.key_ops.as_ref().is_none_or(may_verify)
    }
}

/// The bytes of a member in base64url. Some write it padded, or in the other alphabet; it cannot mean anything else.
fn bytes(member: Option<&str>) -> Option<Vec<u8>> {
    let text = member?.trim_end_matches('=').replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// A number's bytes without the zeros before it: some write one to mark it as positive.
fn significant(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// A number in the order of its bytes; none if it is larger than any exponent in use.
fn number(significant: &[u8]) -> Option<u64> {
    (significant.len() <= 8).then(|| significant.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{
        rand::SystemRandom,
        rsa::KeySize,
        signature::{
            ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
            Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
            RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
        },
    };
    use base64::engine::general_purpose::STANDARD;
    use jsonwebtoken::{EncodingKey, crypto::sign, jwk::Jwk as Published};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const MODULUS: usize = 256;

    fn ed25519() -> EncodingKey {
        EncodingKey::from_ed_der(Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap().as_ref())
    }

    fn curve(algorithm: &'static EcdsaSigningAlgorithm) -> EncodingKey {
        EncodingKey::from_ec_der(
            EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new())
                .unwrap()
                .as_ref(),
        )
    }

    /// A private key's public half, as a key set has it, with these members over its own.
    fn published(key: &EncodingKey, algorithm: Algorithm, members: Value) -> Value {
        let mut jwk = serde_json::to_value(Published::from_encoding_key(key, algorithm).unwrap()).unwrap();
        let Value::Object(members) = members else {
            panic!("{members}")
        };
        for (name, value) in members {
            jwk[name] = value;
        }
        let own = jwk.as_object_mut().unwrap();
        own.retain(|_, value| !value.is_null());
        jwk
    }

    fn set(keys: &[Value]) -> Result<KeySet, NoKeySet> {
        KeySet::parse(json!({"keys": keys}).to_string().as_bytes())
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "one row for each way")]
    fn a_key_verifies_what_its_kind_and_its_own_words_allow() {
        let (edwards, p256, p384) = (
            ed25519(),
            curve(&ECDSA_P256_SHA256_FIXED_SIGNING),
            curve(&ECDSA_P384_SHA384_FIXED_SIGNING),
        );
        let rows = [
            (
                &edwards,
                Algorithm::EdDSA,
                json!({"alg": null}),
                true,
                "it does not say for what",
            ),
            (
                &edwards,
                Algorithm::EdDSA,
                json!({"alg": "EdDSA"}),
                true,
                "by its old name",
            ),
            (
                &edwards,
                Algorithm::EdDSA,
                json!({"alg": "Ed25519"}),
                true,
                "by its new name",
            ),
            (
                &edwards,
                Algorithm::EdDSA,
                json!({"alg": "Ed448"}),
                false,
                "by another curve's name",
            ),
            (
                &edwards,
                Algorithm::EdDSA,
                json!({"alg": "ES256"}),
                false,
                "for another kind",
            ),
            (&p256, Algorithm::ES256, json!({}), true, "P-256"),
            (&p384, Algorithm::ES384, json!({}), true, "P-384"),
            (
                &p384,
                Algorithm::ES384,
                json!({"alg": "ES256"}),
                false,
                "a size that its curve does not have",
            ),
            (&p256, Algorithm::ES256, json!({"use": "sig"}), true, "for signatures"),
            (&p256, Algorithm::ES256, json!({"use": "enc"}), false, "for encryption"),
            (
                &p256,
                Algorithm::ES256,
                json!({"use": 7}),
                false,
                "a purpose that is no word",
            ),
            (
                &p256,
                Algorithm::ES256,
                json!({"key_ops": ["verify"]}),
                true,
                "to verify",
            ),
            (
                &p256,
                Algorithm::ES256,
                json!({"key_ops": ["sign", "verify"]}),
                true,
                "to sign and verify",
            ),
            (
                &p256,
                Algorithm::ES256,
                json!({"key_ops": ["encrypt", "wrapKey"]}),
                false,
                "to encrypt",
            ),
            (&p256, Algorithm::ES256, json!({"key_ops": []}), false, "for nothing"),
            (
                &p256,
                Algorithm::ES256,
                json!({"use": "sig", "key_ops": ["deriveKey"]}),
                false,
                "for signatures, and yet only to derive keys",
            ),
            (
                &p256,
                Algorithm::ES256,
                json!({"key_ops": "verify"}),
                false,
                "operations that are no list",
            ),
        ];
        for (key, algorithm, members, verifies, reason) in rows {
            let signature = sign(b"message", key, algorithm).unwrap();
            let outcome = set(&[published(key, algorithm, members)]).map(|keys| {
                keys.check(None, algorithm, "message", &signature).is_ok()
                    && keys.check(None, algorithm, "another", &signature).is_err()
            });
            let expected = if verifies { Ok(true) } else { Err(true) };
            let outcome = outcome.map_err(|why| matches!(why, NoKeySet::NoUsableKey(_)));
            assert_eq!(outcome, expected, "{reason}");
        }
    }

    #[test]
    fn an_rsa_key_verifies_every_size_of_both_kinds_unless_it_names_one() {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let published = |alg: Option<&str>| {
            let jwk = json!({"kty": "RSA", "n": encoded(&public.n), "e": encoded(&public.e), "alg": alg});
            set(&[jwk]).unwrap()
        };
        let ways: [(&str, &'static dyn RsaEncoding); 6] = [
            ("RS256", &RSA_PKCS1_SHA256),
            ("RS384", &RSA_PKCS1_SHA384),
            ("RS512", &RSA_PKCS1_SHA512),
            ("PS256", &RSA_PSS_SHA256),
            ("PS384", &RSA_PSS_SHA384),
            ("PS512", &RSA_PSS_SHA512),
        ];
        for (name, encoding) in ways {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(encoding, &SystemRandom::new(), b"message", &mut signature)
                .unwrap();
            let signature = encoded(&signature);
            for (other, _) in ways {
                let algorithm = algorithm(other).unwrap();
                let outcome = published(None).check(None, algorithm, "message", &signature);
                let expected = if other == name {
                    Ok(())
                } else {
                    Err(Reason::TokenSignature)
                };
                assert_eq!(outcome, expected, "{name} as {other}");
                let outcome = published(Some(name)).check(None, algorithm, "message", &signature);
                let expected = if other == name {
                    Ok(())
                } else {
                    Err(Reason::TokenAlgorithm)
                };
                assert_eq!(outcome, expected, "{name} as {other}, and the key is for {name}");
            }
        }
    }

    #[test]
    fn both_names_of_an_algorithm_are_one_and_weak_or_symmetric_ones_are_none() {
        assert_eq!(
            (algorithm("Ed25519"), algorithm("EdDSA")),
            (Some(Algorithm::EdDSA), Some(Algorithm::EdDSA))
        );
        for name in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"] {
            assert!(algorithm(name).is_some(), "{name}");
        }
        for name in [
            "none", "None", "", "HS256", "HS512", "ES512", "ES256K", "Ed448", "rs256", "RS1",
        ] {
            assert_eq!(algorithm(name), None, "{name}");
        }
    }

    #[test]
    fn an_rsa_key_needs_an_exponent_of_common_strength() {
        let modulus = URL_SAFE_NO_PAD.encode([0xc5; MODULUS]);
        let rows: &[(&[u8], bool, &str)] = &[
            (&[1, 0, 1], true, "65537"),
            (&[0, 1, 0, 1], true, "with a leading zero"),
            (&[3], false, "3"),
            (&[0, 0, 0, 3], false, "3, with leading zeros"),
            (&[0xff, 0xff], false, "65535"),
            (&[], false, "nothing"),
            (&[1; 9], false, "larger than anybody's"),
        ];
        for (exponent, usable, reason) in rows {
            let key = json!({"kty": "RSA", "n": modulus, "e": URL_SAFE_NO_PAD.encode(exponent)});
            assert_eq!(set(&[key]).is_ok(), *usable, "{reason}");
        }
    }

    #[test]
    fn a_token_is_held_against_four_keys_at_most() {
        let own = ed25519();
        let signature = sign(b"message", &own, Algorithm::EdDSA).unwrap();
        for (before, members, verifies) in [
            (3, json!({}), true),
            (4, json!({}), false),
            (4, json!({"kid": "k"}), false),
        ] {
            let others = (0..before).map(|_| ed25519());
            let keys: Vec<_> = others
                .map(|key| published(&key, Algorithm::EdDSA, members.clone()))
                // Keys of another algorithm do not count.
                .chain([published(
                    &curve(&ECDSA_P256_SHA256_FIXED_SIGNING),
                    Algorithm::ES256,
                    json!({}),
                )])
                .chain([published(&own, Algorithm::EdDSA, members.clone())])
                .collect();
            let keys = set(&keys).unwrap();
            let outcome = keys.check(members["kid"].as_str(), Algorithm::EdDSA, "message", &signature);
            assert_eq!(outcome.is_ok(), verifies, "{before} {members}");
        }
    }

    #[test]
    fn numbers_that_are_written_in_another_way_are_the_same_numbers() {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), b"message", &mut signature)
            .unwrap();
        let signature = URL_SAFE_NO_PAD.encode(signature);
        let encoded = URL_SAFE_NO_PAD.encode(&n);
        let rows = [
            (encoded.clone(), URL_SAFE_NO_PAD.encode(&e), "as the standard has it"),
            (
                URL_SAFE_NO_PAD.encode([&[0], &n[..]].concat()),
                "AQAB".to_owned(),
                "a zero before the modulus",
            ),
            (
                URL_SAFE_NO_PAD.encode([&[0; 3], &n[..]].concat()),
                "AAEAAQ".to_owned(),
                "zeros before both",
            ),
            (format!("{encoded}=="), "AQAB".to_owned(), "padding"),
            (STANDARD.encode(&n), "AQAB".to_owned(), "the standard alphabet"),
        ];
        for (n, e, reason) in rows {
            let keys = set(&[json!({"kty": "RSA", "n": n, "e": e})]).unwrap_or_else(|why| panic!("{reason}: {why:?}"));
            assert_eq!(
                keys.check(None, Algorithm::RS256, "message", &signature),
                Ok(()),
                "{reason}"
            );
        }
    }

    #[test]
    fn keys_that_are_not_used_are_counted_by_why() {
        let n = URL_SAFE_NO_PAD.encode([0xc5; MODULUS]);
        let (full, short) = (URL_SAFE_NO_PAD.encode([7; 32]), URL_SAFE_NO_PAD.encode([7; 31]));
        let good = json!({"kty": "RSA", "n": n, "e": "AQAB"});
        let with = |name: &str, value: Value| {
            let mut key = good.clone();
            key[name] = value;
            key
        };
        let rows = [
            (with("n", json!("a*b")), "unreadable", "no base64"),
            (with("n", json!("a b=")), "unreadable", "a space in it"),
            (with("n", Value::Null), "unreadable", "none"),
            (
                with("n", json!(URL_SAFE_NO_PAD.encode([0xc5; 128]))),
                "modulus not of 2048 to 8192 bits",
                "1024 bits",
            ),
            (with("n", json!("")), "modulus not of 2048 to 8192 bits", "an empty one"),
            (with("e", json!("Aw")), "exponent less than 65537", "3"),
            (
                with("use", json!("enc")),
                "use or key_ops for another purpose",
                "for encryption",
            ),
            (
                with("key_ops", json!(["wrapKey"])),
                "use or key_ops for another purpose",
                "to wrap",
            ),
            (with("alg", json!("RS1")), "alg not accepted", "a weak algorithm"),
            (with("alg", json!("ES256")), "alg not accepted", "another kind's"),
            (with("kty", json!("oct")), "unsupported kty or curve", "a secret"),
            (
                json!({"kty": "EC", "crv": "P-521", "x": full, "y": full}),
                "unsupported kty or curve",
                "another curve",
            ),
            (
                json!({"kty": "EC", "crv": "P-256", "x": short, "y": full}),
                "a coordinate too short or too long",
                "a zero left out",
            ),
            (
                json!({"kty": "OKP", "crv": "Ed25519", "x": short}),
                "a coordinate too short or too long",
                "a short one",
            ),
            (json!("key"), "not a key", "a text"),
            (with("kid", json!(7)), "not a key", "a number for an id"),
        ];
        for (key, why, reason) in rows {
            let keys = set(&[good.clone(), key]).unwrap();
            assert_eq!(
                keys.unused().to_string(),
                format!("1 of 2 not used: 1 {why}"),
                "{reason}"
            );
        }
        let many = set(&vec![good; 131]).unwrap();
        let told = "31 of 131 not used: 31 beyond the 100 keys that are read";
        assert_eq!(many.unused().to_string(), told);
    }

    #[test]
    fn a_set_without_usable_keys_differs_from_an_invalid_document() {
        let why = |keys: &[Value]| match set(keys).err() {
            Some(NoKeySet::NoUsableKey(unused)) => Some(unused.to_string()),
            Some(NoKeySet::NotADocument) | None => None,
        };
        assert_eq!(why(&[]).as_deref(), Some("0 of 0 not used"));
        let secret = json!({"kty": "oct", "k": "c2VjcmV0"});
        assert_eq!(
            why(&[secret, json!(7)]).as_deref(),
            Some("2 of 2 not used: 1 not a key, 1 unsupported kty or curve")
        );
        assert_eq!(KeySet::parse(b"<html>").err(), Some(NoKeySet::NotADocument));
        assert_eq!(KeySet::parse(b"{}").err(), Some(NoKeySet::NotADocument));
    }

    proptest! {
        #[test]
        fn any_document_is_read_without_a_panic(text in any::<String>(), n in any::<Vec<u8>>(), e in any::<Vec<u8>>()) {
            let _either_way = KeySet::parse(text.as_bytes()).is_ok();
            let (n, e) = (URL_SAFE_NO_PAD.encode(n), URL_SAFE_NO_PAD.encode(e));
            if let Ok(keys) = set(&[json!({"kty": "RSA", "n": n, "e": e})]) {
                let _either_way = keys.check(None, Algorithm::RS256, "message", &text).is_ok();
            }
            let _either_way = set(&[json!({"kty": "EC", "crv": "P-256", "x": n, "y": e})]).is_ok();
        }
    }
}
