-- "Never leaves this machine".
ALTER TABLE apps ADD COLUMN local_only BOOLEAN NOT NULL DEFAULT FALSE;

-- What a person chose about models, as JSON.
CREATE TABLE llm_settings (
    user_id  UUID PRIMARY KEY,
    settings TEXT NOT NULL
);

-- Sealed by the server before they come here.
CREATE TABLE secrets (
    user_id UUID NOT NULL,
    name    TEXT NOT NULL,
    sealed  BYTEA NOT NULL,
    PRIMARY KEY (user_id, name)
);

-- What hosted replies came to, in millionths of a US dollar, by month in UTC: 202611.
CREATE TABLE spending (
    user_id  UUID NOT NULL,
    month    BIGINT NOT NULL,
    micros   BIGINT NOT NULL,
    unpriced BIGINT NOT NULL,
    PRIMARY KEY (user_id, month)
);

-- Replies that may be used again: one per person and request.
CREATE TABLE replies (
    id         UUID PRIMARY KEY,
    owner      UUID NOT NULL,
    app_id     UUID NOT NULL REFERENCES apps (id),
    key        TEXT NOT NULL,
    setting    TEXT NOT NULL,
    prompt     TEXT NOT NULL,
    model      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    bytes      BIGINT NOT NULL,
    text       BYTEA NOT NULL,
    UNIQUE (owner, key)
);

CREATE INDEX replies_by_setting ON replies (owner, setting, created_at DESC);
CREATE INDEX replies_by_app ON replies (app_id);

-- What was measured of a model, as JSON.
CREATE TABLE model_profiles (
    provider TEXT NOT NULL,
    model    TEXT NOT NULL,
    digest   TEXT NOT NULL,
    profile  TEXT NOT NULL,
    PRIMARY KEY (provider, model)
);
