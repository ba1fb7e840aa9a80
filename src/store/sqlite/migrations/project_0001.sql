CREATE TABLE plans (
    hash TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;

-- What lists say of a run, and where its journal stands.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL UNIQUE,
    plan TEXT NOT NULL,
    seq INTEGER NOT NULL,
    chain BLOB NOT NULL,
    owner TEXT,
    workflow TEXT NOT NULL,
    version TEXT,
    status TEXT NOT NULL,
    current_step TEXT,
    steps_done INTEGER NOT NULL,
    steps_total INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    error TEXT,
    started_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    ended_at INTEGER,
    due INTEGER,
    ready INTEGER NOT NULL,
    parent TEXT,
    started_by TEXT NOT NULL,
    labels TEXT NOT NULL
) STRICT;

CREATE INDEX runs_by_status ON runs (status);
CREATE INDEX runs_by_workflow ON runs (workflow);
CREATE INDEX runs_by_parent ON runs (parent) WHERE parent IS NOT NULL;
CREATE INDEX runs_by_owner ON runs (owner) WHERE owner IS NOT NULL;
CREATE INDEX runs_ready ON runs (ready) WHERE ready = 1;
CREATE INDEX runs_due ON runs (due) WHERE due IS NOT NULL;

-- The journal: transitions in the order of their commits. Append order keeps a commit to a few pages, however many runs share it.
CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    count INTEGER NOT NULL,
    at INTEGER NOT NULL,
    format INTEGER NOT NULL,
    events TEXT NOT NULL,
    chain BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX entries_by_run ON entries (run, seq);

-- Until when the processes that carry runs may be believed alive without looking.
CREATE TABLE owners (
    owner TEXT PRIMARY KEY,
    lease_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The open actions, and the last run of every action id that was settled.
CREATE TABLE actions (
    action TEXT PRIMARY KEY,
    run INTEGER NOT NULL,
    open INTEGER NOT NULL,
    step TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT,
    title TEXT NOT NULL,
    generation INTEGER NOT NULL,
    holder TEXT,
    lease_until INTEGER,
    deadline INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX actions_open ON actions (created_at) WHERE open = 1;
CREATE INDEX actions_open_by_run ON actions (run) WHERE open = 1;

CREATE TABLE documents (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    version INTEGER NOT NULL,
    archived INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT;
