CREATE TABLE applications (
    id INTEGER PRIMARY KEY,
    application TEXT NOT NULL UNIQUE,
    pattern TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target_name TEXT NOT NULL,
    target_id TEXT,
    target_version INTEGER,
    parameters TEXT NOT NULL,
    run TEXT UNIQUE,
    status TEXT NOT NULL,
    validation TEXT NOT NULL,
    results TEXT,
    error TEXT,
    applied_at INTEGER NOT NULL,
    applied_by TEXT NOT NULL,
    ended_at INTEGER
) STRICT;

CREATE INDEX applications_by_time ON applications (applied_at, application);
CREATE INDEX applications_by_target ON applications (target_type, target_name);
