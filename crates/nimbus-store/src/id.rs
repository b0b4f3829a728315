//! Ids as the databases keep them: native `uuid` in PostgreSQL, readable text in SQLite.

use nimbus_core::ids::{AppId, GenerationId, RecordId, ReplyId, UserId, VersionId};
use sqlx::{
    Database, Decode, Encode, Postgres, Sqlite, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::PgTypeInfo,
    sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo},
};
use uuid::{Uuid, fmt::Hyphenated};

/// Any of the core's ids, on its way to or from a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id(Uuid);

macro_rules! convert {
    ($($name:ident),*) => {$(
        impl From<$name> for Id {
            fn from(id: $name) -> Self {
                Self(id.as_uuid())
            }
        }

        impl From<Id> for $name {
            fn from(id: Id) -> Self {
                Self::from_uuid(id.0)
            }
        }
    )*};
}

convert!(AppId, VersionId, GenerationId, UserId, RecordId, ReplyId);

impl Type<Sqlite> for Id {
    fn type_info() -> SqliteTypeInfo {
        <Hyphenated as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Id {
    fn encode_by_ref(&self, arguments: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode_by_ref(&self.0.hyphenated(), arguments)
    }
}

impl Decode<'_, Sqlite> for Id {
    fn decode(value: <Sqlite as Database>::ValueRef<'_>) -> Result<Self, BoxDynError> {
        <Hyphenated as Decode<Sqlite>>::decode(value).map(|id| Self(id.into_uuid()))
    }
}

impl Type<Postgres> for Id {
    fn type_info() -> PgTypeInfo {
        <Uuid as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Id {
    fn encode_by_ref(&self, arguments: &mut <Postgres as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode_by_ref(&self.0, arguments)
    }
}

impl Decode<'_, Postgres> for Id {
    fn decode(value: <Postgres as Database>::ValueRef<'_>) -> Result<Self, BoxDynError> {
        <Uuid as Decode<Postgres>>::decode(value).map(Self)
    }
}
