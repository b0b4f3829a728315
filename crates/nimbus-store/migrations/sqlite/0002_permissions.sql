-- What a version wants to do, and which files it consists of.
ALTER TABLE versions ADD COLUMN permissions TEXT NOT NULL DEFAULT '{}';
ALTER TABLE versions ADD COLUMN hash TEXT NOT NULL DEFAULT '';

-- The bytes of all records, counted like the others.
ALTER TABLE kept ADD COLUMN data_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE kept SET data_bytes = (
    SELECT COALESCE(SUM(LENGTH(CAST(data AS BLOB))), 0) FROM records
    WHERE records.app_id = kept.app_id AND records.user_id = kept.user_id
);

-- What a person agreed to for an app.
CREATE TABLE consents (
    app_id       TEXT NOT NULL REFERENCES apps (id),
    user_id      TEXT NOT NULL,
    version_hash TEXT NOT NULL,
    permissions  TEXT NOT NULL,
    granted_at   INTEGER NOT NULL,
    PRIMARY KEY (app_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX consents_by_user ON consents (user_id, granted_at DESC);

-- Tokens of models, by days since 1970 in UTC.
CREATE TABLE spent (
    app_id  TEXT NOT NULL REFERENCES apps (id),
    user_id TEXT NOT NULL,
    day     INTEGER NOT NULL,
    tokens  INTEGER NOT NULL,
    PRIMARY KEY (app_id, user_id, day)
) STRICT, WITHOUT ROWID;
