-- Ids are hyphenated UUIDs as text, times are milliseconds since 1970 in UTC.

CREATE TABLE apps (
    id             TEXT PRIMARY KEY,
    owner          TEXT NOT NULL,
    name           TEXT NOT NULL,
    description    TEXT NOT NULL,
    execution_mode TEXT NOT NULL,
    sample         INTEGER NOT NULL,
    head           TEXT,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    deleted_at     INTEGER,
    -- The head is one of the app's own versions.
    FOREIGN KEY (id, head) REFERENCES versions (app_id, id)
) STRICT;

CREATE INDEX apps_by_owner ON apps (owner, updated_at DESC);

CREATE TABLE versions (
    id          TEXT PRIMARY KEY,
    app_id      TEXT NOT NULL REFERENCES apps (id),
    parent      TEXT,
    number      INTEGER NOT NULL,
    status      TEXT NOT NULL,
    origin      TEXT NOT NULL,
    prompt      TEXT NOT NULL,
    model       TEXT,
    usage       TEXT NOT NULL,
    diagnostics TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    UNIQUE (app_id, number),
    UNIQUE (app_id, id),
    FOREIGN KEY (app_id, parent) REFERENCES versions (app_id, id)
) STRICT;

-- Contents by SHA-256: a file that a version did not change is kept once.
CREATE TABLE blobs (
    hash  BLOB PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE version_files (
    version_id TEXT NOT NULL REFERENCES versions (id),
    path       TEXT NOT NULL,
    hash       BLOB NOT NULL REFERENCES blobs (hash),
    PRIMARY KEY (version_id, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE bundles (
    version_id TEXT PRIMARY KEY REFERENCES versions (id),
    js         BLOB NOT NULL REFERENCES blobs (hash),
    css        BLOB NOT NULL REFERENCES blobs (hash),
    source_map BLOB REFERENCES blobs (hash),
    libraries  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE generations (
    id          TEXT PRIMARY KEY,
    app_id      TEXT NOT NULL REFERENCES apps (id),
    owner       TEXT NOT NULL,
    request     TEXT NOT NULL,
    state       TEXT NOT NULL,
    version_id  TEXT REFERENCES versions (id),
    last_seq    INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;

CREATE INDEX generations_by_app ON generations (app_id, started_at DESC);
CREATE INDEX generations_running ON generations (owner, started_at DESC) WHERE state = 'running';

CREATE TABLE journal (
    generation_id TEXT NOT NULL REFERENCES generations (id),
    seq           INTEGER NOT NULL,
    json          TEXT NOT NULL,
    last          INTEGER NOT NULL,
    PRIMARY KEY (generation_id, seq)
) STRICT, WITHOUT ROWID;

-- What one person keeps in one app, counted: limits are checked without reading all of it, and
-- the row is what concurrent writers wait for.
CREATE TABLE kept (
    app_id        TEXT NOT NULL REFERENCES apps (id),
    user_id       TEXT NOT NULL,
    records       INTEGER NOT NULL,
    storage_bytes INTEGER NOT NULL,
    PRIMARY KEY (app_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
    app_id     TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    collection TEXT NOT NULL,
    id         TEXT NOT NULL,
    data       TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (app_id, user_id, collection, id),
    FOREIGN KEY (app_id, user_id) REFERENCES kept (app_id, user_id)
) STRICT;

-- Keys and values are bytes: an app may use NUL, which PostgreSQL's text cannot hold.
CREATE TABLE storage (
    app_id  TEXT NOT NULL,
    user_id TEXT NOT NULL,
    key     BLOB NOT NULL,
    value   BLOB NOT NULL,
    PRIMARY KEY (app_id, user_id, key),
    FOREIGN KEY (app_id, user_id) REFERENCES kept (app_id, user_id)
) STRICT;
