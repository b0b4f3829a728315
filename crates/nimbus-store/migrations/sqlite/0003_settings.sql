-- "Never leaves this machine".
ALTER TABLE apps ADD COLUMN local_only INTEGER NOT NULL DEFAULT 0;

-- What a person chose about models, as JSON.
CREATE TABLE llm_settings (
    user_id  TEXT PRIMARY KEY,
    settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Sealed by the server before they come here.
CREATE TABLE secrets (
    user_id TEXT NOT NULL,
    name    TEXT NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (user_id, name)
) STRICT, WITHOUT ROWID;

-- What hosted replies came to, in millionths of a US dollar, by month in UTC: 202611.
CREATE TABLE spending (
    user_id  TEXT NOT NULL,
    month    INTEGER NOT NULL,
    micros   INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    PRIMARY KEY (user_id, month)
) STRICT, WITHOUT ROWID;

-- Replies that may be used again: one per person and request.
CREATE TABLE replies (
    id         TEXT PRIMARY KEY,
    owner      TEXT NOT NULL,
    app_id     TEXT NOT NULL REFERENCES apps (id),
    key        TEXT NOT NULL,
    setting    TEXT NOT NULL,
    prompt     TEXT NOT NULL,
    model      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    text       BLOB NOT NULL,
    UNIQUE (owner, key)
) STRICT;

CREATE INDEX replies_by_setting ON replies (owner, setting, created_at DESC);
CREATE INDEX replies_by_app ON replies (app_id);

-- What was measured of a model, as JSON.
CREATE TABLE model_profiles (
    provider TEXT NOT NULL,
    model    TEXT NOT NULL,
    digest   TEXT NOT NULL,
    profile  TEXT NOT NULL,
    PRIMARY KEY (provider, model)
) STRICT, WITHOUT ROWID;
