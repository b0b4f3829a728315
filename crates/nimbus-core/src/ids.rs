//! Identifiers: one newtype per kind of thing, so that they cannot be mixed up.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::platform::Platform;

/// The text was not a UUID (RFC 9562), hyphenated or as 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id: a UUID such as `018f3c6e-7b1a-7cc0-8000-0123456789ab` was expected")]
pub struct InvalidId(pub String);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id: UUID version 7 (RFC 9562), so that ids sort by the time they were made.
            #[must_use]
            pub fn new(platform: &Platform) -> Self {
                let millis = u64::try_from(platform.now().as_millisecond()).unwrap_or(0);
                let mut random = [0u8; 10];
                platform.fill(&mut random);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// Wraps a UUID that came from storage.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            #[must_use]
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }

            /// 32 lower-case hexadecimal digits without hyphens: the form used in host names.
            #[must_use]
            pub fn to_hex(&self) -> String {
                self.0.simple().to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId(text.chars().take(64).collect()))
            }
        }
    };
}

id! {
    /// An app: what a person described and keeps.
    AppId
}
id! {
    /// One immutable state of an app's source.
    VersionId
}
id! {
    /// One run of a model for an app: a job on the server.
    GenerationId
}
id! {
    /// A person (or the local owner).
    UserId
}
id! {
    /// One record that an app keeps.
    RecordId
}
id! {
    /// One reply of a model that is kept to be used again.
    ReplyId
}

impl UserId {
    /// The one person of an installation without accounts.
    pub const LOCAL_OWNER: Self = Self(Uuid::from_u128(1));
    /// Nobody in particular: what all users of an app share is kept under this id. No person has it.
    pub const EVERYBODY: Self = Self(Uuid::from_u128(0));
}
