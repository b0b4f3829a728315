-- Ids are UUIDs, times are milliseconds since 1970 in UTC.

CREATE TABLE apps (
    id             UUID PRIMARY KEY,
    owner          UUID NOT NULL,
    name           TEXT NOT NULL,
    description    TEXT NOT NULL,
    execution_mode TEXT NOT NULL,
    sample         BOOLEAN NOT NULL,
    head           UUID,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    deleted_at     BIGINT
);

CREATE INDEX apps_by_owner ON apps (owner, updated_at DESC);

CREATE TABLE versions (
    id          UUID PRIMARY KEY,
    app_id      UUID NOT NULL REFERENCES apps (id),
    parent      UUID,
    number      BIGINT NOT NULL,
    status      TEXT NOT NULL,
    origin      TEXT NOT NULL,
    prompt      TEXT NOT NULL,
    model       TEXT,
    usage       TEXT NOT NULL,
    diagnostics TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    UNIQUE (app_id, number),
    UNIQUE (app_id, id),
    FOREIGN KEY (app_id, parent) REFERENCES versions (app_id, id)
);

-- The head is one of the app's own versions.
ALTER TABLE apps ADD FOREIGN KEY (id, head) REFERENCES versions (app_id, id);

-- Contents by SHA-256: a file that a version did not change is kept once.
CREATE TABLE blobs (
    hash  BYTEA PRIMARY KEY,
    bytes BYTEA NOT NULL
);

CREATE TABLE version_files (
    version_id UUID NOT NULL REFERENCES versions (id),
    path       TEXT NOT NULL,
    hash       BYTEA NOT NULL REFERENCES blobs (hash),
    PRIMARY KEY (version_id, path)
);

CREATE TABLE bundles (
    version_id UUID PRIMARY KEY REFERENCES versions (id),
    js         BYTEA NOT NULL REFERENCES blobs (hash),
    css        BYTEA NOT NULL REFERENCES blobs (hash),
    source_map BYTEA REFERENCES blobs (hash),
    libraries  TEXT NOT NULL
);

CREATE TABLE generations (
    id          UUID PRIMARY KEY,
    app_id      UUID NOT NULL REFERENCES apps (id),
    owner       UUID NOT NULL,
    request     TEXT NOT NULL,
    state       TEXT NOT NULL,
    version_id  UUID REFERENCES versions (id),
    last_seq    BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT
);

CREATE INDEX generations_by_app ON generations (app_id, started_at DESC);
CREATE INDEX generations_running ON generations (owner, started_at DESC) WHERE state = 'running';

CREATE TABLE journal (
    generation_id UUID NOT NULL REFERENCES generations (id),
    seq           BIGINT NOT NULL,
    json          TEXT NOT NULL,
    last          BOOLEAN NOT NULL,
    PRIMARY KEY (generation_id, seq)
);

-- What one person keeps in one app, counted: limits are checked without reading all of it, and
-- the row is what concurrent writers wait for.
CREATE TABLE kept (
    app_id        UUID NOT NULL REFERENCES apps (id),
    user_id       UUID NOT NULL,
    records       BIGINT NOT NULL,
    storage_bytes BIGINT NOT NULL,
    PRIMARY KEY (app_id, user_id)
);

CREATE TABLE records (
    app_id     UUID NOT NULL,
    user_id    UUID NOT NULL,
    collection TEXT NOT NULL,
    id         UUID NOT NULL,
    data       TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, user_id, collection, id),
    FOREIGN KEY (app_id, user_id) REFERENCES kept (app_id, user_id)
);

-- Keys and values are bytes: an app may use NUL, which PostgreSQL's text cannot hold.
CREATE TABLE storage (
    app_id  UUID NOT NULL,
    user_id UUID NOT NULL,
    key     BYTEA NOT NULL,
    value   BYTEA NOT NULL,
    PRIMARY KEY (app_id, user_id, key),
    FOREIGN KEY (app_id, user_id) REFERENCES kept (app_id, user_id)
);
