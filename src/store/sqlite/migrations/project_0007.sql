-- Runs that share a limit with others of the same key, from their beginning to their end.
CREATE TABLE turns (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL UNIQUE,
    key TEXT NOT NULL,
    cap INTEGER NOT NULL,
    held INTEGER NOT NULL
) STRICT;

CREATE INDEX turns_by_key ON turns (key, held);
