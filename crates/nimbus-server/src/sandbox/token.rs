//! The token by which a host page acts for one launched app: HMAC-SHA256 over its claims.
//!
//! `base64url(claims as JSON).base64url(MAC)` (RFC 4648 section 5, without padding). It is sent in
//! `Authorization`, never in a cookie or a URL, and is the only thing that says which app and which
//! person a call is for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use nimbus_core::{
    ids::{AppId, UserId, VersionId},
    permission::Permissions,
};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::auth::sign;

/// How long a token is good for, in seconds: 10 minutes.
pub(crate) const LIFETIME_SECONDS: i64 = 600;
/// How long after its end a signed-in person may still renew it, in seconds: a day, so that a
/// frame outlives a night's sleep of the machine.
pub(crate) const RENEWABLE_SECONDS: i64 = 24 * 60 * 60;

const PURPOSE: &str = "sandbox token v1";
const AUDIENCE: &str = "sandbox";
/// Longer than any token that we make: sixteen domains of 253 bytes, in base64.
const MAX_TOKEN_BYTES: usize = 8192;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// What it is for: always `sandbox`.
    pub(crate) aud: String,
    pub(crate) app: AppId,
    pub(crate) version: VersionId,
    pub(crate) user: UserId,
    /// The launch that it belongs to.
    pub(crate) launch: String,
    /// When that launch began, in milliseconds since 1970.
    pub(crate) since: i64,
    /// The head of the app when it was launched: another one ends the launch.
    pub(crate) head: Option<VersionId>,
    /// What the version declares and the person had granted.
    pub(crate) caps: Permissions,
    /// When it was made, in seconds since 1970.
    pub(crate) iat: i64,
    /// When it ends, in seconds since 1970.
    pub(crate) exp: i64,
    /// Tells tokens of one launch apart.
    pub(crate) jti: String,
}

/// A launch, as all its tokens tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Started {
    pub(crate) app: AppId,
    pub(crate) version: VersionId,
    pub(crate) user: UserId,
    pub(crate) launch: String,
    pub(crate) since: i64,
    pub(crate) head: Option<VersionId>,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    /// It is not ours, or was changed.
    #[error("the sandbox token is not one that this server made")]
    Forged,
    /// It is over.
    #[error("the sandbox token has expired")]
    Expired,
}

impl Claims {
    /// The claims of a new token.
    pub(crate) fn new(started: Started, caps: Permissions, jti: String, now: Timestamp) -> Self {
        let Started { app, version, user, launch, since, head } = started;
        let iat = now.as_second();
        let exp = iat + LIFETIME_SECONDS;
        Self { aud: AUDIENCE.to_owned(), app, version, user, launch, since, head, caps, iat, exp, jti }
    }

    /// The launch that the token is for.
    pub(crate) fn started(&self) -> Started {
        Started {
            app: self.app,
            version: self.version,
            user: self.user,
            launch: self.launch.clone(),
            since: self.since,
            head: self.head,
        }
    }

    /// When the token ends.
    pub(crate) fn expires_at(&self) -> Timestamp {
        Timestamp::from_second(self.exp).unwrap_or(Timestamp::MIN)
    }
}

/// The token that says `claims`.
pub(crate) fn mint(secret: &[u8; 32], claims: &Claims) -> String {
    // A struct of strings and numbers always serialises; an empty payload would verify nowhere.
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).unwrap_or_default());
    let mac = URL_SAFE_NO_PAD.encode(sign(secret, PURPOSE, payload.as_bytes()));
    format!("{payload}.{mac}")
}

/// What a token says, when it is ours, and not older than its end plus `grace` seconds.
///
/// # Errors
/// [`TokenError`].
pub(crate) fn verify(secret: &[u8; 32], token: &str, now: Timestamp, grace: i64) -> Result<Claims, TokenError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(TokenError::Forged);
    }
    let (payload, mac) = token.split_once('.').ok_or(TokenError::Forged)?;
    let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| TokenError::Forged)?;
    let expected = sign(secret, PURPOSE, payload.as_bytes());
    if !bool::from(expected.as_slice().ct_eq(&mac)) {
        return Err(TokenError::Forged);
    }
    let json = URL_SAFE_NO_PAD.decode(payload).map_err(|_| TokenError::Forged)?;
    let claims: Claims = serde_json::from_slice(&json).map_err(|_| TokenError::Forged)?;
    if claims.aud != AUDIENCE || claims.exp - claims.iat > LIFETIME_SECONDS {
        return Err(TokenError::Forged);
    }
    if now.as_second() >= claims.exp + grace {
        return Err(TokenError::Expired);
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use nimbus_core::{
        ids::{InvalidId, UserId},
        permission::{Domain, InvalidDomain, MAX_DOMAINS, Permissions},
    };

    use super::{Claims, LIFETIME_SECONDS, RENEWABLE_SECONDS, Started, TokenError, mint, verify};

    const SECRET: [u8; 32] = [7; 32];

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap_or(Timestamp::MIN)
    }

    fn claims() -> Result<Claims, InvalidId> {
        let id = "018f3c6e7b1a7cc080000123456789ab";
        let started = Started {
            app: id.parse()?,
            version: id.parse()?,
            user: UserId::LOCAL_OWNER,
            launch: "0123456789abcdef".to_owned(),
            since: 1_000_000,
            head: Some(id.parse()?),
        };
        Ok(Claims::new(started, Permissions::default(), "1".to_owned(), at(1000)))
    }

    #[test]
    fn a_token_lasts_ten_minutes_and_a_day_for_renewal() -> Result<(), InvalidId> {
        let claims = claims()?;
        let token = mint(&SECRET, &claims);
        let end = 1000 + LIFETIME_SECONDS;
        assert_eq!(verify(&SECRET, &token, at(1000), 0), Ok(claims.clone()));
        assert_eq!(verify(&SECRET, &token, at(end - 1), 0), Ok(claims.clone()));
        assert_eq!(verify(&SECRET, &token, at(end), 0), Err(TokenError::Expired));
        assert_eq!(verify(&SECRET, &token, at(end), RENEWABLE_SECONDS), Ok(claims));
        assert_eq!(verify(&SECRET, &token, at(end + RENEWABLE_SECONDS), RENEWABLE_SECONDS), Err(TokenError::Expired));
        Ok(())
    }

    #[test]
    fn no_character_of_a_token_can_be_changed() -> Result<(), InvalidId> {
        let token = mint(&SECRET, &claims()?);
        for (index, old) in token.char_indices() {
            for new in ['A', 'z', '.', '='] {
                let mut changed = token.clone();
                changed.replace_range(index..=index, &new.to_string());
                let result = verify(&SECRET, &changed, at(1000), 0);
                assert!(new == old || result == Err(TokenError::Forged), "{index} {new}: {result:?}");
            }
        }
        for forged in ["", ".", "a.b", &token[..token.len() - 1], &format!("{token}A"), &"x".repeat(10_000)] {
            assert_eq!(verify(&SECRET, forged, at(1000), 0), Err(TokenError::Forged), "{forged}");
        }
        assert_eq!(verify(&[8; 32], &token, at(1000), 0), Err(TokenError::Forged));
        Ok(())
    }

    #[test]
    fn a_token_has_room_for_all_permissions() -> Result<(), Box<dyn std::error::Error>> {
        let label = "x".repeat(61);
        let long = |n: usize| Domain::parse(&format!("{n:02}.{label}.{label}.{label}.{label}.a"));
        let domains = (0..MAX_DOMAINS).map(long).collect::<Result<_, InvalidDomain>>()?;
        let caps = Permissions { ai: true, domains, shared_data: true };
        let claims = Claims { caps, ..claims()? };
        assert_eq!(verify(&SECRET, &mint(&SECRET, &claims), at(1000), 0), Ok(claims));
        Ok(())
    }

    #[test]
    fn only_sandbox_tokens_of_ten_minutes_count() -> Result<(), InvalidId> {
        let other = Claims { aud: "session".to_owned(), ..claims()? };
        assert_eq!(verify(&SECRET, &mint(&SECRET, &other), at(1000), 0), Err(TokenError::Forged));
        let long = Claims { exp: 1000 + LIFETIME_SECONDS + 1, ..claims()? };
        assert_eq!(verify(&SECRET, &mint(&SECRET, &long), at(1000), 0), Err(TokenError::Forged));
        Ok(())
    }
}
