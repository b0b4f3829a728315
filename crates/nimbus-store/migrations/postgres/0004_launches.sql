-- Launches that were ended before their tokens: kept until none of these can be renewed any more.
CREATE TABLE ended_launches (
    launch TEXT PRIMARY KEY,
    until  BIGINT NOT NULL
);

CREATE INDEX ended_launches_by_end ON ended_launches (until);

-- Since when launches of a person count: after they last signed out.
CREATE TABLE sign_outs (
    user_id UUID PRIMARY KEY,
    since   BIGINT NOT NULL
);
