//! Opening a database: what can go wrong, and the steps that bring its tables up to date.

use std::path::PathBuf;

/// Why a database cannot be used. Each message says what was tried and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be made, read or written.
    #[error("cannot open the database `{path}`: {reason}. Check that its folder exists and that you may write there.", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The file is something else, or is damaged.
    #[error("`{path}` is not a database, or it is damaged ({reason}). Move it away, or put a backup in its place.", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// The URL cannot be read. It is not repeated: it may hold a password.
    #[error("the database URL is not valid: {reason}. It looks like `postgres://user:password@host:5432/database`.")]
    Url {
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing answers at the address.
    #[error("cannot reach PostgreSQL at `{address}`: {reason}. Check that it runs there and accepts connections.")]
    Unreachable {
        /// Host and port, or the folder of its socket.
        address: String,
        /// What the system says.
        reason: String,
    },
    /// PostgreSQL answers, and says no: a wrong password, no such database.
    #[error(
        "PostgreSQL at `{address}` refused the connection: {reason}. Check user, password and database in the URL."
    )]
    Refused {
        /// Host and port, or the folder of its socket.
        address: String,
        /// What PostgreSQL says.
        reason: String,
    },
    /// A newer program made this database.
    #[error(
        "the database was made by a newer version of Cumulonimbus: its tables are at step {found}, this program knows {known}. Start the newer program, or restore a backup from before it."
    )]
    Newer {
        /// The step that the database is at.
        found: i64,
        /// The last step that this program knows.
        known: i64,
    },
    /// The tables could not be brought up to date; nothing was changed.
    #[error("the database's tables could not be brought to step {step}: {reason}. Nothing was changed.")]
    Migration {
        /// The step that failed.
        step: i64,
        /// What the database says.
        reason: String,
    },
}

/// One step of the tables' history. A released step is never edited: a change is a new step.
pub struct Migration {
    /// Counted from 1 without gaps.
    pub step: i64,
    /// What it does, in a word.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

/// What remains to be done on a database that is at step `found`.
pub fn remaining(all: &'static [Migration], found: i64) -> Result<&'static [Migration], OpenError> {
    let known = all.last().map_or(0, |last| last.step);
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    let done = usize::try_from(found).unwrap_or(0);
    Ok(all.get(done..).unwrap_or_default())
}

/// Wraps a failure of one step.
pub fn failed_at(step: i64) -> impl Fn(sqlx::Error) -> OpenError {
    move |error| OpenError::Migration { step, reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use crate::{postgres, sqlite};

    #[test]
    fn both_databases_have_the_same_steps_in_order() {
        let of = |all: &'static [super::Migration]| all.iter().map(|m| (m.step, m.name)).collect::<Vec<_>>();
        assert_eq!(of(sqlite::MIGRATIONS), of(postgres::MIGRATIONS));
        for (index, migration) in sqlite::MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.step, i64::try_from(index).unwrap_or(-1) + 1);
        }
    }
}
