-- Runs that share a limit with others of the same key, from their beginning to their end.
CREATE TABLE turns (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL UNIQUE,
    key TEXT NOT NULL,
    cap INTEGER NOT NULL,
    held INTEGER NOT NULL
) STRICT;

CREATE INDEX turns_by_key ON turns (key, held);

-- Who made what is kept under a digest; the run's own journal has it.
CREATE TABLE cache (
    digest TEXT PRIMARY KEY,
    run INTEGER NOT NULL,
    step TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX cache_by_run ON cache (run);
