//! Who a request comes from, and whether that person meant it.
//!
//! Programs send `Authorization: Bearer` with the owner's token. Browsers send a session cookie,
//! which a browser attaches to requests that the person never meant; so a request without
//! `Authorization` must also prove that our own page sent it before it may change anything.

mod guard;
mod session;

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use hmac::{Hmac, Mac};
use nimbus_core::ids::UserId;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub(crate) use guard::{bearer, guard};
pub(crate) use session::{clear_cookie, session_cookie};

use crate::{
    error::{ApiError, Code},
    limits::{Peer, rates::Door},
    state::ServerState,
};

/// Whoever the request comes from. As an extractor it refuses requests from nobody with 401.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) user: UserId,
}

/// What the guard found out about the sender.
#[derive(Debug, Clone, Copy)]
enum Sender {
    /// A browser that is signed in.
    Browser(Person),
    /// A program; none: its token is not the owner's.
    Program(Option<Person>),
    Nobody,
}

impl FromRequestParts<ServerState> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, ApiError> {
        match parts.extensions.get::<Sender>() {
            Some(Sender::Browser(person)) => Ok(*person),
            Some(Sender::Program(person)) => {
                let (attempts, address) = (&state.rates.attempts, Peer::of(&parts.extensions));
                attempts.may_try(Door::Program, address)?;
                person.ok_or_else(|| {
                    attempts.was_wrong(Door::Program, address);
                    ApiError::new(Code::WrongToken, "the token in `Authorization` is wrong")
                        .with_hint("it is `CUMULONIMBUS_TOKEN`, or the one in the address that the server printed")
                })
            }
            Some(Sender::Nobody) | None => Err(ApiError::signed_out()),
        }
    }
}

/// The request's host origin, which the edge has put there.
pub(crate) struct Origin(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let origin = parts.extensions.get::<crate::hosts::HostOrigin>();
        Ok(Self(origin.map(|origin| origin.0.clone()).unwrap_or_default()))
    }
}

/// HMAC-SHA256 (RFC 2104) of `data` for one purpose: a MAC of one purpose is none of another.
pub(crate) fn sign(secret: &[u8; 32], purpose: &str, data: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of 32 bytes");
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(data);
    mac.finalize().into_bytes().into()
}

/// Whether two secrets are equal, in a time that tells neither where they differ nor how long
/// they are. An empty one equals nothing.
pub(crate) fn same_secret(given: &str, expected: &str) -> bool {
    let equal = Sha256::digest(given.as_bytes()).ct_eq(&Sha256::digest(expected.as_bytes()));
    !expected.is_empty() && bool::from(equal)
}
