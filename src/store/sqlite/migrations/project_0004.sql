-- The tree of work items. What follows from other items is kept with each: its path, how many of its children are in
-- which state, how many unfinished items block it, and how many of it and its ancestors are stuck.
CREATE TABLE work_items (
    id INTEGER PRIMARY KEY,
    item TEXT NOT NULL UNIQUE,
    parent INTEGER,
    path TEXT NOT NULL UNIQUE,
    depth INTEGER NOT NULL,
    type TEXT NOT NULL,
    title TEXT NOT NULL,
    said TEXT NOT NULL,
    status TEXT NOT NULL,
    priority INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    branch TEXT,
    version INTEGER NOT NULL,
    n_open INTEGER NOT NULL,
    n_in_progress INTEGER NOT NULL,
    n_blocked INTEGER NOT NULL,
    n_completed INTEGER NOT NULL,
    n_cancelled INTEGER NOT NULL,
    blockers INTEGER NOT NULL,
    stuck INTEGER NOT NULL,
    obstacles INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;

CREATE INDEX work_items_by_parent ON work_items (parent, created_at, item);
CREATE INDEX work_items_by_status ON work_items (status);
CREATE INDEX work_items_by_branch ON work_items (branch) WHERE branch IS NOT NULL;
CREATE INDEX work_items_by_priority ON work_items (priority, created_at, item);
CREATE INDEX work_items_by_creation ON work_items (created_at, item);
CREATE INDEX work_items_ready ON work_items (priority, created_at, item)
    WHERE obstacles = 0 AND status IN ('open', 'in_progress');
CREATE INDEX work_items_blocked ON work_items (priority, created_at, item)
    WHERE status = 'blocked' OR (obstacles > 0 AND status IN ('open', 'in_progress'));

CREATE TABLE work_dependencies (
    blocker INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    said TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (blocker, blocked)
) STRICT, WITHOUT ROWID;

CREATE INDEX work_dependencies_by_blocked ON work_dependencies (blocked);

CREATE TABLE work_commits (
    id INTEGER PRIMARY KEY,
    item INTEGER NOT NULL,
    hash TEXT NOT NULL,
    subject TEXT,
    checked INTEGER NOT NULL,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (item, hash)
) STRICT;

CREATE TABLE work_changes (
    id INTEGER PRIMARY KEY,
    item INTEGER NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    fields TEXT NOT NULL
) STRICT;

CREATE INDEX work_changes_by_item ON work_changes (item);

-- The work item that a run serves, whose status follows the run's.
ALTER TABLE runs ADD COLUMN work_item TEXT;
