//! Secrets at rest: sealed so that a copy of the database alone does not tell them.
//!
//! ChaCha20-Poly1305 (RFC 8439) under a key that HKDF-SHA256 (RFC 5869) derives from the server's
//! own secret, which lies beside the database in a file of its owner only and never inside it. Whose
//! secret it is and its name are authenticated with it: a row that was moved does not open.

use std::{fmt, sync::Arc};

use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
};

use crate::{ids::UserId, platform::Platform};

/// What the derived key is for: one of another purpose opens nothing here.
const LABEL: &[u8] = b"cumulonimbus: secrets at rest, 1";
/// How the bytes are laid out: this byte, the nonce, then ciphertext and tag.
const LAYOUT: u8 = 1;

/// Seals and opens secrets. Cheap to clone.
#[derive(Clone)]
pub struct Vault(Arc<LessSafeKey>);

/// Sealed bytes that this vault did not seal, not for this person and name, or that were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the kept secret cannot be opened: it was sealed with another key, or it is damaged")]
pub struct Unopened;

impl Vault {
    /// The vault of a server whose secret this is.
    #[must_use]
    #[expect(clippy::expect_used, reason = "HKDF gives up to 8160 bytes, and a key has 32")]
    pub fn new(secret: &[u8; 32]) -> Self {
        let derived = Salt::new(HKDF_SHA256, &[]).extract(secret);
        let key = derived.expand(&[LABEL], &CHACHA20_POLY1305).expect("a key of 32 bytes");
        Self(Arc::new(LessSafeKey::new(UnboundKey::from(key))))
    }

    /// Seals a person's secret. The nonce is 96 random bits: for the few secrets of people, which
    /// change by hand, two are never the same.
    #[must_use]
    #[expect(clippy::expect_used, reason = "only texts of more than 256 GiB cannot be sealed")]
    pub fn seal(&self, platform: &Platform, user: UserId, name: &str, secret: &str) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        platform.fill(&mut nonce);
        let mut text = secret.as_bytes().to_vec();
        let nonce_used = Nonce::assume_unique_for_key(nonce);
        self.0.seal_in_place_append_tag(nonce_used, whose(user, name), &mut text).expect("a short text");
        let mut sealed = vec![LAYOUT];
        sealed.extend_from_slice(&nonce);
        sealed.append(&mut text);
        sealed
    }

    /// Opens what [`Vault::seal`] gave for this person and name.
    ///
    /// # Errors
    /// [`Unopened`].
    pub fn open(&self, user: UserId, name: &str, sealed: &[u8]) -> Result<String, Unopened> {
        let (layout, rest) = sealed.split_first().ok_or(Unopened)?;
        let (nonce, text) = rest.split_at_checked(NONCE_LEN).ok_or(Unopened)?;
        if *layout != LAYOUT {
            return Err(Unopened);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unopened)?;
        let mut text = text.to_vec();
        let opened = self.0.open_in_place(nonce, whose(user, name), &mut text).map_err(|_| Unopened)?;
        String::from_utf8(opened.to_vec()).map_err(|_| Unopened)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

/// The id has a fixed length, so no two pairs of person and name read the same.
fn whose(user: UserId, name: &str) -> Aad<Vec<u8>> {
    let mut bytes = user.as_uuid().as_bytes().to_vec();
    bytes.extend_from_slice(name.as_bytes());
    Aad::from(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::fixed::platform;

    #[test]
    fn a_secret_opens_for_its_person_and_name_under_its_key_only() {
        let (platform, _) = platform();
        let (me, other) = (UserId::new(&platform), UserId::new(&platform));
        let vault = Vault::new(&[7; 32]);
        let sealed = vault.seal(&platform, me, "openrouter", "sk-or-äöü");
        assert_eq!(vault.open(me, "openrouter", &sealed).as_deref(), Ok("sk-or-äöü"));
        assert_eq!(Vault::new(&[7; 32]).open(me, "openrouter", &sealed).as_deref(), Ok("sk-or-äöü"));

        assert_eq!(vault.open(other, "openrouter", &sealed), Err(Unopened));
        assert_eq!(vault.open(me, "another", &sealed), Err(Unopened));
        assert_eq!(Vault::new(&[8; 32]).open(me, "openrouter", &sealed), Err(Unopened));
        for end in 0..sealed.len() {
            assert_eq!(vault.open(me, "openrouter", &sealed[..end]), Err(Unopened), "{end} bytes");
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(vault.open(me, "openrouter", &changed), Err(Unopened), "byte {at}");
        }
    }

    #[test]
    fn sealing_twice_gives_different_bytes_that_do_not_hold_the_text() {
        let (platform, _) = platform();
        let vault = Vault::new(&[7; 32]);
        let seal = || vault.seal(&platform, UserId::LOCAL_OWNER, "openrouter", "sk-or-secret");
        let (first, second) = (seal(), seal());
        assert_ne!(first, second);
        assert!(!first.windows(6).any(|window| window == b"secret"));
        assert!(!format!("{vault:?}").contains('7'));
    }
}
